"""Who acts in this piece of work."""

from __future__ import annotations

from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from types import TracebackType


@dataclass(frozen=True, slots=True)
class Actor:
    """``kind``: staff, kiosk, hq, service, system or public. ``branch``: its only one, None: none or all.

    ``roles``, ``session`` and ``csrf`` are of staff who signed in: in which roles, by which session, and what its
    forms must bring along.
    """

    kind: str
    id: str
    branch: str | None = None
    permissions: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    label: str = ""
    roles: frozenset[str] = frozenset()
    session: str = ""
    csrf: str = field(default="", repr=False, compare=False)


SYSTEM = Actor("system", "system")
"""Handlers of events, timers and commands: whoever started them was checked before."""

PUBLIC = Actor("public", "public")
"""Nobody we know."""

_current: ContextVar[Actor] = ContextVar("yingbin_actor", default=PUBLIC)


def current_actor() -> Actor:
    """Who acts now; ``PUBLIC`` until somebody has been recognised."""
    return _current.get()


class acting_as:
    """``with acting_as(actor):`` everything inside is done by ``actor``."""

    __slots__ = ("_actor", "_token")

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._token: Token[Actor] | None = None

    def __enter__(self) -> Actor:
        self._token = _current.set(self._actor)
        return self._actor

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        if self._token is not None:
            _current.reset(self._token)
            self._token = None
