"""What each fact adds to the roll-ups: pure functions of one event, so any order and any grouping gives the same sums.

A payload carries the full state and the branch's local day of the fact; nothing is looked up, nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from shared import clock


class Increment(NamedTuple):
    """``n`` facts that add ``total`` to ``measure`` on ``day`` (ISO date)."""

    day: str
    measure: str
    key: str
    n: int
    total: int


Rule = Callable[[dict[str, Any]], Increment | None]

# Every offset in use today is whole quarters of an hour, so a local day is a whole number of these buckets in any zone.
_QUARTERS = ("00", "15", "30", "45")


def bucket(instant: str) -> tuple[str, str]:
    """The UTC day and quarter hour (``"06:30"``) in which a wire instant falls."""
    return instant[:10], f"{instant[11:13]}:{_QUARTERS[int(instant[14:16]) // 15]}"


def counted(measure: str, when: Callable[[dict[str, Any]], bool] | None = None) -> Rule:
    """One fact more on its local day."""

    def rule(data: dict[str, Any]) -> Increment | None:
        return Increment(data["local_date"], measure, "", 1, 0) if when is None or when(data) else None

    return rule


def counted_at(measure: str, instant: str, n: int = 1) -> Rule:
    """``n`` facts more in the quarter hour of the instant ``data[instant]``."""

    def rule(data: dict[str, Any]) -> Increment | None:
        return Increment(*_place(measure, data[instant]), n, 0) if data[instant] is not None else None

    return rule


def _place(measure: str, instant: str) -> tuple[str, str, str]:
    day, quarter = bucket(instant)
    return day, measure, quarter


def lasted(measure: str, start: str, end: str) -> Rule:
    """Microseconds from ``data[start]`` to ``data[end]``. A missing or reversed time is left out, not 0."""

    def rule(data: dict[str, Any]) -> Increment | None:
        if data[start] is None or data[end] is None:
            return None
        span = clock.parse(data[end]) - clock.parse(data[start])
        if span.days < 0:
            return None
        return Increment(
            data["local_date"], measure, "", 1, (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds
        )

    return rule


def share(measure: str, field: str, hit: Any = True) -> Rule:
    """Of the facts where ``data[field]`` is known, those where it equals ``hit``."""

    def rule(data: dict[str, Any]) -> Increment | None:
        value = data[field]
        return None if value is None else Increment(data["local_date"], measure, "", 1, int(value == hit))

    return rule


RULES: dict[str, tuple[Rule, ...]] = {
    "reception.visit.checked_in.v1": (counted("visits"),),
    "reception.visit.greeted.v1": (counted("visits_greeted"), lasted("greet_wait", "checked_in_at", "greeted_at")),
    "reception.visit.completed.v1": (counted("visits_completed"),),
    "reception.visit.left.v1": (counted("visits_left"),),
    "appointments.repair_order.opened.v1": (counted("repair_orders_opened"),),
    "appointments.repair_order.handed_over.v1": (counted("repair_orders_handed_over"), share("on_time", "on_time")),
    "appointments.promise.slipped.v1": (counted_at("promises_slipped", "occurred_at"),),
    "followup.follow_up.due.v1": (counted_at("call_backs_due", "due_at"),),
    # Due on another day now: one less there, one more here. Both days are in the fact itself.
    "followup.follow_up.moved.v1": (
        counted_at("call_backs_due", "previous_due_at", -1),
        counted_at("call_backs_due", "due_at"),
    ),
    "followup.follow_up.attempted.v1": (counted("call_backs_attempted", lambda data: data["attempt_no"] == 1),),
    "followup.follow_up.closed.v1": (
        counted("call_backs_closed"),
        share("call_backs_reached", "result", "reached"),
        share("call_backs_on_time", "on_time"),
    ),
}

BY_INSTANT = frozenset({"promises_slipped", "call_backs_due"})
"""Measures kept by the quarter hour (UTC) instead of the local day: an event of theirs does not say that day."""
