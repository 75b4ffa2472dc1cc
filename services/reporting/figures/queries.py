"""Reading the day's figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.reporting.calls import totals_by_branch, totals_of_day
from services.reporting.figures.measures import BY_INSTANT
from services.reporting.figures.model import DailyFigure
from services.reporting.kpis import BOOK, Figure, Sum
from shared import clock


def local_span(day: date, zone: str) -> tuple[datetime, datetime]:
    """The instants (UTC) at which the local day begins and ends."""
    midnights = (datetime.combine(each, time(), clock.zone(zone)) for each in (day, day + timedelta(days=1)))
    start, end = (midnight.astimezone(UTC) for midnight in midnights)
    return start, end


def sums_of_day(session: Session, branch: str, day: date, zone: str) -> dict[str, Sum]:
    """Every measure of one branch and local day that something added to. ``zone``: the branch's IANA zone."""
    start, end = local_span(day, zone)
    rows = session.execute(
        select(DailyFigure.day, DailyFigure.measure, DailyFigure.key, DailyFigure.n, DailyFigure.total).where(
            DailyFigure.branch_id == branch, DailyFigure.day.between(start.date(), end.date())
        )
    )
    found = _added(rows, day, zone)
    calls, answered = totals_of_day(session, branch, day)
    found["calls"], found["calls_answered"] = Sum(calls, 0), Sum(answered, 0)
    return found


def sums_of_all(session: Session, day: date, zones: Mapping[str, str]) -> dict[str, dict[str, Sum]]:
    """The same for every branch of ``zones`` (code → IANA zone), each for its own local ``day``, in two statements.

    A measure that nothing added to is left out, calls too: nothing is not zero. The caller sees every branch.
    """
    around = (day - timedelta(days=1), day + timedelta(days=1))
    rows: dict[str, list[tuple]] = {}
    for branch, *row in session.execute(
        select(
            DailyFigure.branch_id, DailyFigure.day, DailyFigure.measure, DailyFigure.key, DailyFigure.n,
            DailyFigure.total,
        ).where(DailyFigure.day.between(*around))
    ):  # fmt: skip
        rows.setdefault(branch, []).append(tuple(row))
    found = {branch: _added(rows.get(branch, ()), day, zone) for branch, zone in zones.items()}
    for branch, (calls, answered) in totals_by_branch(session, day).items():
        if branch in found:
            found[branch] |= {"calls": Sum(calls, 0), "calls_answered": Sum(answered, 0)}
    return found


def _added(rows: Iterable[Any], day: date, zone: str) -> dict[str, Sum]:
    start, end = local_span(day, zone)
    first, last = (start.date().isoformat(), f"{start:%H:%M}"), (end.date().isoformat(), f"{end:%H:%M}")
    found: dict[str, Sum] = {}
    for row_day, measure, key, n, total in rows:
        counts = first <= (row_day.isoformat(), key) < last if measure in BY_INSTANT else row_day == day
        if counts:
            before = found.get(measure, Sum(0, 0))
            found[measure] = Sum(before.n + n, before.total + total)
    return found


def day_report(session: Session, branch: str, day: date, zone: str) -> list[Figure]:
    """All figures of the KPI book for one branch and local day, in the book's order."""
    found = sums_of_day(session, branch, day, zone)
    return [kpi.figure(found) for kpi in BOOK]
