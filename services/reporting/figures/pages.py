"""The pages of figures: the branch's day, all branches now, the facts behind a figure, and what it means."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request

from services.reporting.figures import overview
from services.reporting.figures.overview import BranchDay, Line
from services.reporting.figures.showing import facts_of, spoken, titled, value
from services.reporting.figures.words import WORDS
from services.reporting.kpis import BOOK, Kpi
from shared import clock
from shared.access import needs
from shared.branches import BranchView
from shared.db import reader
from shared.http import Problem
from shared.web.frame import fragment, page

blueprint = Blueprint("figures", __name__, template_folder="templates")

# What a page sends along when it brings a part of itself anew.
_BY_PAGE = "HX-Request"
_KPIS = {kpi.id: kpi for kpi in BOOK}
# The figures of a day by who answers for them, as people look for them.
GROUPS = (
    ("desk", ("visits", "visits_greeted", "greet_wait_mean_minutes", "visits_completed", "visits_left")),
    ("telephone", ("calls", "calls_answered")),
    ("workshop", ("repair_orders_opened", "repair_orders_handed_over", "on_time_rate", "promises_slipped")),
    ("care", ("call_backs_due", "call_backs_attempted", "call_backs_closed", "call_backs_reached_rate",
              "call_backs_on_time_rate")),
)  # fmt: skip
_FIRST, _LAST = date(1970, 1, 2), date(2999, 12, 30)


@blueprint.get("/today")
@needs("staff")
def today() -> Response:
    """One branch's day. The filters stand in the address."""
    branch = overview.chosen(request.args.get("branch"))
    with reader() as session:
        choices = overview.choices(session)
    return page("figures/today.html", WORDS, choices=choices, **_of_day(branch))


@blueprint.get("/today/figures")
@needs("staff")
def today_figures() -> Response:
    """The part of that page that facts change; whoever opens it by itself is led to the whole."""
    if _BY_PAGE not in request.headers:
        return redirect(_address("today", **request.args), 303)  # type: ignore[return-value]
    return fragment("figures/_day.html", WORDS, **_of_day(overview.chosen(request.args.get("branch"))))


@blueprint.get("/branches")
@needs("staff")
def all_now() -> Response:
    """Every branch beside the others."""
    return page("figures/branches.html", WORDS, **_of_all())


@blueprint.get("/branches/figures")
@needs("staff")
def all_figures() -> Response:
    """The part of that page that facts change; whoever opens it by itself is led to the whole."""
    if _BY_PAGE not in request.headers:
        return redirect(_address("branches", **request.args), 303)  # type: ignore[return-value]
    return fragment("figures/_matrix.html", WORDS, **_of_all())


@blueprint.get("/figures/<kpi_id>")
@needs("staff")
def meaning(kpi_id: str) -> Response:
    """What a figure means, in words (T2.3)."""
    overview.chosen(None)
    return page("figures/meaning.html", WORDS, kpi=_kpi(kpi_id), titled=titled)


@blueprint.get("/figures/<kpi_id>/rows")
@needs("staff")
def rows(kpi_id: str) -> Response:
    """The facts behind a figure."""
    kpi, branch = _kpi(kpi_id), overview.chosen(request.args.get("branch"))
    day = _day(branch)
    figure, found = overview.rows_behind(kpi, branch, day)
    return page(
        "figures/rows.html", WORDS, kpi=kpi, branch=branch, day=day, figure=figure, rows=found, value=value,
        most=overview.MOST_ROWS, titled=titled, facts_of=facts_of, local=_local(branch.zone), address=_address,
    )  # fmt: skip


def _of_day(branch: BranchView) -> dict[str, Any]:
    day = _day(branch)
    found = overview.branch_day(branch, day)
    tiles = {tile.kpi.id: tile for tile in found.tiles}
    shown = {name for _, names in GROUPS for name in names}
    groups = [(name, [tiles[each] for each in names]) for name, names in GROUPS]
    # A figure that is new in the book is shown before somebody has said where it belongs.
    rest = [tile for name, tile in tiles.items() if name not in shown]
    return {
        "it": found, "groups": [*groups, ("more", rest)] if rest else groups, "hours": _hours(found), "value": value,
        "is_today": day == overview.today(branch), "address": _address, "local": _local(branch.zone),
        "yesterday": day - timedelta(days=1), "tomorrow": day + timedelta(days=1), "spoken": spoken,
        "query": {"branch": branch.code, "date": day.isoformat()},
    }  # fmt: skip


def _hours(found: BranchDay) -> list[dict[str, Any]]:
    """Hour by hour, without holes between the first and the last one; the mean wait in minutes."""
    if not found.hours:
        return []
    return [
        {"hour": hour, "arrived": arrived, "greeted": greeted,
         "wait": round(waited / greeted / 60_000_000, 1) if greeted else None}
        for hour in range(min(found.hours), max(found.hours) + 1)
        for arrived, greeted, waited in [found.hours.get(hour, (0, 0, 0))]
    ]  # fmt: skip


def _of_all() -> dict[str, Any]:
    day = _given_day() or overview.today()
    lines, together, fresh = overview.all_branches(day)
    by, down = _order()
    return {
        "lines": _sorted(lines, by, down), "together": together, "fresh": fresh, "day": day, "by": by, "down": down,
        "kpis": BOOK, "value": value, "address": _address, "local": _local(overview.GROUP_ZONE),
        "silent": sum(line.silent for line in lines), "late": sum(line.late for line in lines),
        "is_today": day == overview.today(), "yesterday": day - timedelta(days=1), "spoken": spoken,
        "tomorrow": day + timedelta(days=1), "query": {"date": day.isoformat(), "sort": ("-" if down else "") + by},
    }  # fmt: skip


def _order() -> tuple[str, bool]:
    wished = request.args.get("sort", "")
    by, down = wished.removeprefix("-"), wished.startswith("-")
    return (by, down) if by in _KPIS else ("branch", down)


def _sorted(lines: Iterable[Line], by: str, down: bool) -> list[Line]:
    """Who has no figure stands last, whichever way it goes."""
    if by == "branch":
        return sorted(lines, key=lambda line: line.branch.code, reverse=down)

    def known(line: Line) -> Any:
        figure = line.figures[by]
        return figure.value if figure is not None else None

    ordered = sorted((line for line in lines if known(line) is not None), key=known, reverse=down)
    return [*ordered, *(line for line in lines if known(line) is None)]


def _kpi(kpi_id: str) -> Kpi:
    found = _KPIS.get(kpi_id)
    if found is None:
        raise Problem(404, "not-found")
    return found


def _day(branch: BranchView) -> date:
    return _given_day() or overview.today(branch)


def _given_day() -> date | None:
    """The day that the address names; one that is no day is today."""
    try:
        day = date.fromisoformat(request.args.get("date", ""))
    except ValueError:
        return None
    return day if _FIRST <= day <= _LAST else None


def _address(path: str, **query: Any) -> str:
    return f"/reporting/{path}?{urlencode({key: each for key, each in query.items() if each is not None}, safe='/')}"


def _local(zone: str) -> Any:
    def shown(at: Any, form: str = "%H:%M:%S") -> str:
        return format(clock.local(clock.parse(at) if isinstance(at, str) else at, zone), form)

    return shown
