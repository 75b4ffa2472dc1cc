"""Every fact of every source goes into the feed, whether anything else here hears it or not."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.reporting.feed import actions
from shared.events import Event, Handlers

handlers = Handlers()


@handlers.recorder
def record_feed(session: Session, events: list[Event]) -> None:
    """Keep the batch (T6.1). Never replayed: a position is given once."""
    actions.append(session, events)
