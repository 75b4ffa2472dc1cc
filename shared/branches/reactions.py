"""Keeps the branches of a service that hears reception. Reception itself writes them in its own action."""

from __future__ import annotations

from sqlalchemy.orm import Session

from shared.branches.actions import put
from shared.branches.view import from_payload
from shared.events import Event, Handlers

handlers = Handlers()
_branches = handlers.projection("branches", tables=("branch",))


@_branches.on("reception.branch.opened.v1", "reception.branch.changed.v1")
def on_branch(session: Session, event: Event) -> None:
    """The branch as it is after the event."""
    put(session, from_payload(event.data or {}, event.version), event.recorded_at)
