"""What people see of figures: one branch's day, all branches beside each other, and what stands behind a figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.reporting.figures import behind
from services.reporting.figures.behind import Row
from services.reporting.figures.freshness import Freshness, freshness
from services.reporting.figures.measures import BY_INSTANT
from services.reporting.figures.queries import sums_of_all, sums_of_day
from services.reporting.kpis import BOOK, Figure, Kpi, Sum
from shared import clock
from shared.access import action, current_actor
from shared.branches import BranchView
from shared.branches.model import Branch
from shared.branches.queries import as_view
from shared.db import every_branch, reader
from shared.events import GROUP
from shared.http import Problem

MOST_ROWS = 200
# Headquarters has no clock of its own; the group is at home here.
GROUP_ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Tile:
    """A figure of the day, and what it was on the whole day before."""

    kpi: Kpi
    figure: Figure
    before: Figure


@dataclass(frozen=True)
class BranchDay:
    """One branch's local day. ``hours``: local hour → (arrived, greeted, microseconds waited)."""

    branch: BranchView
    day: date
    tiles: list[Tile]
    hours: Mapping[int, tuple[int, int, int]]
    fresh: Freshness


@dataclass(frozen=True)
class Line:
    """One branch beside the others; None for a figure that no fact supports."""

    branch: BranchView
    figures: Mapping[str, Figure | None]
    late: bool
    parked: int

    @property
    def silent(self) -> bool:
        """Whether nothing at all came from it."""
        return not any(self.figures.values())


@action("figures.read")
def choices(session: Session) -> list[BranchView]:
    """The branches whose figures the present actor may open: their own, for headquarters all."""
    own = current_actor().branch or GROUP
    return [branch for branch in _all(session) if own in (GROUP, branch.code)]


@action("figures.read")
def chosen(code: str | None) -> BranchView:
    """The branch of that code, if its figures may be opened; without a code the first one. Problem 404."""
    with reader() as session:
        there = choices(session)
    for branch in there:
        if code in (None, "", branch.code):
            return branch
    raise Problem(404, "unknown-branch")


@action("figures.read")
def branch_day(branch: BranchView, day: date) -> BranchDay:
    """Every figure of one branch's day (T1.1). Problem 404 for a branch that is not for the present actor."""
    _check(branch)
    with every_branch(), reader() as session:
        now = sums_of_day(session, branch.code, day, branch.zone)
        before = sums_of_day(session, branch.code, day - timedelta(days=1), branch.zone)
        return BranchDay(
            branch,
            day,
            [Tile(kpi, kpi.figure(now), kpi.figure(before)) for kpi in BOOK],
            behind.by_hour(session, branch.code, day, branch.zone),
            freshness(session),
        )


@action("figures.read")
def rows_behind(kpi: Kpi, branch: BranchView, day: date) -> tuple[Figure, list[Row]]:
    """A figure and the facts that it is made of, the newest ``MOST_ROWS`` of them; Problem 404 as for the day."""
    _check(branch)
    with every_branch(), reader() as session:
        figure = kpi.figure(sums_of_day(session, branch.code, day, branch.zone))
        return figure, list(islice(behind.rows(session, kpi, branch.code, day, branch.zone), MOST_ROWS))


@action("figures.compare")
def all_branches(day: date) -> tuple[list[Line], dict[str, Figure | None], Freshness]:
    """Every branch's figures of its local ``day``, those of all together, and how current they are.

    A branch of which nothing is known on that day has no figures, not zeros.
    """
    with every_branch(), reader() as session:
        views = _all(session)
        found = sums_of_all(session, day, {view.code: view.zone for view in views})
        fresh = freshness(session)
    lines = [
        Line(view, _figures(found[view.code]), fresh.late(view.code), fresh.parked.get(view.code, 0)) for view in views
    ]
    together: dict[str, Sum] = {}
    for sums in found.values():
        for measure, each in sums.items():
            before = together.get(measure, Sum(0, 0))
            together[measure] = Sum(before.n + each.n, before.total + each.total)
    return lines, _figures(together), fresh


def today(branch: BranchView | None = None) -> date:
    """The local date there, or at headquarters."""
    return clock.local_date(clock.now(), branch.zone if branch else GROUP_ZONE)


def _all(session: Session) -> list[BranchView]:
    return [as_view(row) for row in session.scalars(select(Branch).order_by(Branch.code))]


def _check(branch: BranchView) -> None:
    if current_actor().branch not in (None, GROUP, branch.code):
        raise Problem(404, "unknown-branch")


def _figures(sums: Mapping[str, Sum]) -> dict[str, Figure | None]:
    # What is due on a day was said before it and does not show that anything came on the day itself.
    heard = bool(set(sums) - BY_INSTANT)
    return {kpi.id: kpi.figure(sums) if heard or kpi.measures & set(sums) else None for kpi in BOOK}
