"""Facts: recorded with the change that makes them, numbered, told, heard, applied exactly once."""

from __future__ import annotations

from shared.events.envelope import GROUP, Event, NewEvent
from shared.events.handlers import Handlers, Projection
from shared.events.holdback import hold_back
from shared.events.log import record, record_many, redact, ring_after_commit, row

__all__ = [
    "GROUP",
    "Event",
    "Handlers",
    "NewEvent",
    "Projection",
    "hold_back",
    "record",
    "record_many",
    "redact",
    "ring_after_commit",
    "row",
]
