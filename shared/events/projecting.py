"""How events are given to handlers: in their branch, in their newest version. Shared by applying and rebuilding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from shared import contracts
from shared.db import branch_scope, every_branch
from shared.events.envelope import GROUP, Event
from shared.events.handlers import Projection


def is_erasure(event: Event) -> bool:
    """The fact that a person was erased: it is known by its subject alone and passes everything parked about it."""
    return event.type.split(".")[2] == "forgotten"


def current_version(event: Event) -> Event:
    """The event in the newest version there is (pure upcasters, dict to dict); what came is kept as it came."""
    if event.data is None:
        return event
    type_, data = contracts.upcast(event.type, event.data)
    return event if type_ == event.type else replace(event, type=type_, data=data)


def in_branch(event: Event):
    """The scope in which an event's handlers run."""
    return every_branch() if event.branch == GROUP else branch_scope(event.branch)


def run_projection(session: Session, projection: Projection, events: Sequence[Event]) -> None:
    """Give a projection the events of a batch that it hears (also used by rebuild)."""
    for types, handler in projection.per_batch:
        wanted = [e for e in events if e.type in types]
        if wanted:
            handler(session, wanted)
    if projection.per_event:
        for event in events:
            apply = projection.per_event.get(event.type)
            if apply is not None:
                with in_branch(event):
                    apply(session, event)
