"""Calls that were logged become rows of the roll-up."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from services.reporting import sums
from services.reporting.calls.model import CallsDaily
from shared.events import Event, Handlers

handlers = Handlers()
calls_daily = handlers.projection("calls_daily", tables=("calls_daily",))

_SUMS = (
    "calls",
    "answered",
    "answer_seconds_sum",
    "answer_n",
    "talk_seconds_sum",
    "talk_n",
    "rating_sum",
    "rating_n",
)
_NONE = (0, 0, 0, 0, 0, 0)


def increments(data: dict) -> tuple[int, ...]:
    """What one call adds, in the order of the sums. An unanswered call has no times and no rating."""
    if not data["answered"]:
        return (1, 0, *_NONE)
    adds = [1, 1]
    for field in ("answer_seconds", "talk_seconds", "rating"):
        value = data[field]
        adds += (0, 0) if value is None else (value, 1)
    return tuple(adds)


@calls_daily.batch("reception.call.logged.v1")
def on_calls_logged(session: Session, events: list[Event]) -> None:
    """Add the batch to the roll-up (R3.1): rows of ``local_date``, the branch's day of the call itself."""
    adding: dict[tuple, list[int]] = {}
    for event in events:
        data: Any = event.data
        key = (event.branch, data["local_date"], data["agent_id"] or "", data["topic"] or "")
        row = adding.get(key)
        if row is None:
            adding[key] = list(increments(data))
        else:
            for place, value in enumerate(increments(data)):
                row[place] += value
    by_day = {
        (branch, date.fromisoformat(day), agent, topic): row for (branch, day, agent, topic), row in adding.items()
    }
    sums.add(session, CallsDaily, _SUMS, by_day)
