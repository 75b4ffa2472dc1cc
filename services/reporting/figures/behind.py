"""The facts behind a figure: those that the same rules count, so that a figure and its rows cannot disagree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from services.reporting.feed import Fact, facts_that_say, first_at_or_after
from services.reporting.figures.measures import BY_INSTANT, RULES, Increment
from services.reporting.figures.queries import local_span
from services.reporting.kpis import Kpi
from shared import clock

# Sources arrive almost in the order of their times; a day covers whatever a broken line held back.
_SLACK = timedelta(days=1)
# Something that is due on a day was planned before it, at most so long.
_PLANNED_AHEAD = timedelta(days=60)


class Row(NamedTuple):
    """One fact behind a figure. ``n``: how many facts it counts as (−1 takes one back); ``share``: what it adds to a
    mean or a rate, in the figure's unit, None for a count.
    """

    fact: Fact
    n: int
    share: float | None


def rows(session: Session, kpi: Kpi, branch: str, day: date, zone: str) -> Iterator[Row]:
    """Every fact that counts in ``kpi`` for one branch and local day, the one that came last first."""
    for fact in _facts(session, kpi, branch, day, zone):
        found = [step for step in _steps(fact) if step.measure in kpi.measures and _on(step, day, zone)]
        if not found:
            continue
        step = found[-1]
        share = float(Fraction(step.total) * kpi.scale) if kpi.denominator else None
        yield Row(fact, sum(each.n for each in found), share)


def by_hour(session: Session, branch: str, day: date, zone: str) -> dict[int, tuple[int, int, int]]:
    """Local hour → (arrived, greeted, their microseconds of waiting), by when somebody came in or was greeted."""
    found: dict[int, tuple[int, int, int]] = {}
    types = ("reception.visit.checked_in.v1", "reception.visit.greeted.v1")
    for fact in facts_that_say(session, branch, types, (f'"{day}"',), _from(session, day, zone, _SLACK)):
        data: Any = fact.data
        came = fact.type == types[0]
        at = clock.parse(data["checked_in_at" if came else "greeted_at"] or data["occurred_at"])
        if data["local_date"] != day.isoformat():
            continue
        waited = next((step.total for step in _steps(fact) if step.measure == "greet_wait"), None)
        hour = clock.local(at, zone).hour
        arrived, greeted, total = found.get(hour, (0, 0, 0))
        found[hour] = (arrived + came, greeted + (waited is not None), total + (waited or 0))
    return found


def _facts(session: Session, kpi: Kpi, branch: str, day: date, zone: str) -> Iterator[Fact]:
    start, end = local_span(day, zone)
    if kpi.measures & BY_INSTANT:
        words = {f'"{start.date()}T', f'"{end.date()}T'}
        ahead = _PLANNED_AHEAD
    else:
        words, ahead = {f'"{day}"'}, _SLACK
    yield from facts_that_say(session, branch, kpi.sources, words, _from(session, day, zone, ahead))


def _from(session: Session, day: date, zone: str, ahead: timedelta) -> int:
    start: datetime = local_span(day, zone)[0]
    return first_at_or_after(session, clock.wire(start - ahead)) - 1


def _steps(fact: Fact) -> list[Increment]:
    data: Any = fact.data
    if fact.type == "reception.call.logged.v1":
        # Calls have a roll-up of their own; on their day each counts once, an answered one here and there.
        once = Increment(data["local_date"], "calls", "", 1, 0)
        return [once, once._replace(measure="calls_answered")] if data["answered"] else [once]
    return [step for rule in RULES[fact.type] if (step := rule(data)) is not None]


def _on(step: Increment, day: date, zone: str) -> bool:
    if step.measure not in BY_INSTANT:
        return step.day == day.isoformat()
    start, end = local_span(day, zone)
    first, last = (start.date().isoformat(), f"{start:%H:%M}"), (end.date().isoformat(), f"{end:%H:%M}")
    return first <= (step.day, step.key) < last
