"""What a service does with the facts it hears: projections (pure, rebuildable), reactions (act, never replayed),
recorders (keep).

A capability's ``reactions.py`` holds one ``handlers = Handlers()``; the service's own is the union of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from shared.events.envelope import Event

OnEvent = Callable[[Session, Event], Any]
OnBatch = Callable[[Session, list[Event]], Any]


@dataclass
class Projection:
    """Tables that follow from events alone. Nothing else writes them, so they can be dropped and read again."""

    name: str
    tables: tuple[str, ...]
    per_event: dict[str, OnEvent] = field(default_factory=dict)
    per_batch: list[tuple[frozenset[str], OnBatch]] = field(default_factory=list)

    def on(self, *types: str) -> Callable[[OnEvent], OnEvent]:
        """Register a handler called once per event, inside the event's branch."""

        def register(handler: OnEvent) -> OnEvent:
            for type_ in types:
                if type_ in self.per_event:
                    raise ValueError(f"{self.name}: two handlers for {type_}")
                self.per_event[type_] = handler
            return handler

        return register

    def batch(self, *types: str) -> Callable[[OnBatch], OnBatch]:
        """Register a handler called once per batch with the events of these types, in order (set-based effects)."""

        def register(handler: OnBatch) -> OnBatch:
            self.per_batch.append((frozenset(types), handler))
            return handler

        return register

    @property
    def types(self) -> frozenset[str]:
        """All event types it hears."""
        return frozenset(self.per_event).union(*(types for types, _ in self.per_batch))

    @property
    def sources(self) -> frozenset[str]:
        """The services it hears, from the types' first word."""
        return frozenset(type_.partition(".")[0] for type_ in self.types)


@dataclass(frozen=True)
class Reaction:
    """Something done once because a fact arrived: a call planned, a task opened."""

    name: str
    types: frozenset[str]
    act: Callable[[Event], Any]


class Handlers:
    """All that a capability, or a whole service, does with what it hears."""

    def __init__(self) -> None:
        self.projections: dict[str, Projection] = {}
        self.reactions: dict[str, Reaction] = {}
        self.recorders: list[OnBatch] = []

    def projection(self, name: str, tables: Iterable[str]) -> Projection:
        """Declare a projection and the tables that it alone writes."""
        return self.projections.setdefault(name, Projection(name, tuple(tables)))

    def reaction(self, name: str, *types: str) -> Callable[[Callable[[Event], Any]], Callable[[Event], Any]]:
        """Declare a reaction; it is called once per event, after the projections of the batch, as the system."""

        def register(act: Callable[[Event], Any]) -> Callable[[Event], Any]:
            if name in self.reactions:
                raise ValueError(f"two reactions named {name}")
            self.reactions[name] = Reaction(name, frozenset(types), act)
            return act

        return register

    def recorder(self, handler: OnBatch) -> OnBatch:
        """Declare a recorder: it is given every event that is new here, heard or not, and is never replayed."""
        self.recorders.append(handler)
        return handler

    def add(self, other: Handlers) -> None:
        """Take over what another capability declared; the same name twice is an error."""
        for name, projection in other.projections.items():
            if name in self.projections:
                raise ValueError(f"two projections named {name}")
            self.projections[name] = projection
        for name, reaction in other.reactions.items():
            if name in self.reactions:
                raise ValueError(f"two reactions named {name}")
            self.reactions[name] = reaction
        self.recorders.extend(other.recorders)

    @property
    def types(self) -> frozenset[str]:
        """All types that somebody here hears."""
        found: set[str] = set()
        for projection in self.projections.values():
            found |= projection.types
        for reaction in self.reactions.values():
            found |= reaction.types
        return frozenset(found)
