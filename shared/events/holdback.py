"""Bulk doors wait for the relay: a long import must not hold up the fact that somebody has just arrived."""

from __future__ import annotations

import threading

from sqlalchemy import text

from shared import clock
from shared.db import every_branch
from shared.runtime import runtime

MOST_BEHIND_SECONDS = 2.0
_MOST_UNPUBLISHED = 1000
_OLDEST = text("SELECT min(id) FROM event_log WHERE position IS NULL")
_STATE = text(
    "SELECT h.position, p.position FROM log_counter h, log_counter p WHERE h.name = 'head' AND p.name = 'published'"
)


def hold_back(stop: threading.Event | None = None, patience: float = 60.0) -> None:
    """Between two chunks of a bulk door: return once the relay keeps up again.

    Waits while an event of before this call is not numbered, or while more than a thousand numbered ones are on their
    way to a bus that is taking them. A bus that takes nothing is no reason to wait: facts travel by the feed then. At
    most ``patience`` seconds.
    """
    stop = stop or threading.Event()
    deadline = clock.monotonic() + patience
    before: int | None = None
    moved_at = clock.monotonic()
    while clock.monotonic() < deadline and not stop.is_set():
        with every_branch(), runtime().database.reader() as session:
            waiting = session.execute(_OLDEST).scalar_one_or_none()
            head, published = session.execute(_STATE).one()
        if before is not None and published != before:
            moved_at = clock.monotonic()
        before = published
        bus_moves = clock.monotonic() - moved_at < MOST_BEHIND_SECONDS
        if waiting is None and (head - published <= _MOST_UNPUBLISHED or not bus_moves):
            return
        stop.wait(0.02)
