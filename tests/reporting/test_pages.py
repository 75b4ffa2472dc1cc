"""The pages of figures: what they say, what opens behind a figure, and who may open what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.reporting.figures import behind
from services.reporting.figures.queries import sums_of_all, sums_of_day
from services.reporting.kpis import BOOK
from shared import clock
from shared.db import every_branch, reader
from shared.events import GROUP
from tests.kit.house import House
from tests.reception.door import BEIJING, SHANGHAI, kiosk, move, staff, ticket
from tests.reporting.conftest import Reporting
from tests.reporting.facts import BRANCH, OTHER
from tests.reporting.test_rollups import talk

ZONES = {BRANCH: "Asia/Shanghai", OTHER: "Asia/Kathmandu"}


def hear_all(reporting: Reporting, seed: int) -> None:
    logs = reporting.begin()
    opened = len(logs["reception"].said)
    talk(logs, seed, 150)
    reporting.hear(*logs["reception"].said[opened:])
    for source in ("appointments", "followup"):
        if logs[source].said:
            reporting.hear(*logs[source].said)


@pytest.mark.duty("T2.3")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_figure_is_what_its_rows_add_up_to(reporting: Reporting, seed: int) -> None:
    hear_all(reporting, seed)
    with reporting.app.app_context(), every_branch(), reader() as session:
        for branch, zone in ZONES.items():
            for day in (date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 26)):
                sums = sums_of_day(session, branch, day, zone)
                for kpi in BOOK:
                    rows = list(behind.rows(session, kpi, branch, day, zone))
                    assert sum(row.n for row in rows) == kpi.figure(sums).n, (kpi.id, branch, day)


def test_all_branches_have_the_figures_that_each_has_by_itself(reporting: Reporting) -> None:
    hear_all(reporting, 3)
    with reporting.app.app_context(), every_branch(), reader() as session:
        for day in (date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 26)):
            together = sums_of_all(session, day, ZONES)
            for branch, zone in ZONES.items():
                alone = sums_of_day(session, branch, day, zone)
                assert [kpi.figure(together[branch]) for kpi in BOOK] == [kpi.figure(alone) for kpi in BOOK]


def test_a_fact_of_long_ago_is_found_where_it_stands(reporting: Reporting) -> None:
    """Time by time: the search for the day's first fact must not begin behind one of them."""
    logs = reporting.begin()
    say = logs["reception"].say
    said = [say("visit.checked_in", local_date=f"2026-11-{day:02}") for day in range(1, 24)]
    for day, event in enumerate(said, 1):
        event.time = f"2026-11-{day:02}T03:00:00.000000Z"
    reporting.hear(*said)
    kpi = BOOK[0]
    with reporting.app.app_context(), every_branch(), reader() as session:
        for day in range(1, 24):
            rows = list(behind.rows(session, kpi, BRANCH, date(2026, 11, day), "Asia/Shanghai"))
            assert [row.fact.source_position for row in rows] == [day + 2], day


# -- by HTTP


def get(house: House, headers: dict[str, str], path: str, status: int = 200) -> Any:
    part = {"HX-Request": "true"} if "/fi" in path or "/fa" in path else {}
    answer = house.client("reporting").get(f"/reporting/{path}", headers={**headers, **part, "Accept": "text/html"})
    assert answer.status_code == status, answer.text[:400]
    return answer


def a_morning(house: House) -> None:
    """Two visitors in Beijing, one of them greeted; nobody in Shanghai."""
    first = ticket(house, kiosk(house))
    ticket(house, kiosk(house), purpose="repair")
    desk = staff(house)
    for verb in ("call", "greet"):
        assert move(house, desk, first["visit_id"], verb).status_code == 200
    house.settle()


def test_the_day_shows_its_figures_and_each_opens_its_facts(house: House) -> None:
    a_morning(house)
    manager = staff(house, "branch_manager")
    house.settle()
    text = get(house, manager, "today").text
    today = clock.local_date(clock.now(), "Asia/Shanghai")
    link = f"/reporting/figures/visits/rows?branch={BEIJING}&amp;date={today}"
    assert link in text
    assert 'id="tile-visits" data-mark="2"' in text
    assert 'id="tile-on_time_rate" data-mark=""' in text, "a rate without facts is not 0"
    rows = get(house, manager, f"figures/visits/rows?branch={BEIJING}&date={today}").text
    assert all(word in rows for word in ("A001", "A002", "保养", "维修"))
    assert "当日首次有人接待的来访数" in get(house, manager, "figures/visits_greeted").text


def test_the_part_that_facts_change_is_told_apart_from_the_one_that_stayed(house: House) -> None:
    a_morning(house)
    manager = staff(house, "branch_manager")
    house.settle()
    answer = get(house, manager, "today/figures")
    again = house.client("reporting").get(
        "/reporting/today/figures", headers={**manager, "HX-Request": "true", "If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    ticket(house, kiosk(house))
    house.settle()
    assert 'id="tile-visits" data-mark="3"' in get(house, manager, "today/figures").text


def test_a_part_that_is_opened_by_itself_leads_to_its_page(house: House) -> None:
    analyst = staff(house, "hq_analyst", GROUP)
    house.settle()
    for part, whole in (("today/figures", "today"), ("branches/figures", "branches"), ("feed/facts", "feed")):
        answer = house.client("reporting").get(f"/reporting/{part}?branch={SHANGHAI}", headers=analyst)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/reporting/{whole}?branch={SHANGHAI}")


def test_a_branch_without_data_is_missing_and_not_zero(house: House) -> None:
    a_morning(house)
    analyst = staff(house, "hq_analyst", GROUP)
    house.settle()
    text = get(house, analyst, "branches").text
    assert f'id="at-{BEIJING}-visits" data-mark="2"' in text
    assert f'id="at-{BEIJING}-calls" data-mark="0"' in text
    assert f'id="at-{SHANGHAI}-visits" data-mark=""' in text
    assert "缺数据" in text
    assert 'aria-sort="descending"' in get(house, analyst, "branches?sort=-visits").text
    down = get(house, analyst, "branches/figures?sort=-visits").text
    up = get(house, analyst, "branches/figures?sort=visits").text
    assert all(part.index(f"line-{BEIJING}") < part.index(f"line-{SHANGHAI}") for part in (down, up)), "missing is last"


def test_who_sees_which_figures(house: House) -> None:
    manager, receptionist = staff(house, "branch_manager"), staff(house, "receptionist")
    analyst = staff(house, "hq_analyst", GROUP)
    house.settle()
    get(house, manager, f"today?branch={BEIJING}")
    for path in (f"today?branch={SHANGHAI}", f"figures/visits/rows?branch={SHANGHAI}", "today/figures?branch=nowhere"):
        get(house, manager, path, 404)
    get(house, analyst, f"today?branch={SHANGHAI}")
    for path in ("branches", "branches/figures"):
        get(house, manager, path, 403)
    for path in ("today", "today/figures", "branches", "figures/visits", "figures/visits/rows"):
        get(house, receptionist, path, 403)
    get(house, analyst, "figures/no_such", 404)


def test_a_day_that_is_none_is_today(house: House) -> None:
    manager = staff(house, "branch_manager")
    house.settle()
    today = clock.local_date(clock.now(), "Asia/Shanghai")
    for given in ("", "yesterday", "0001-01-01", "9999-12-31", "2026-13-01"):
        assert f'value="{today}"' in get(house, manager, f"today?date={given}").text
    assert f'value="{today - timedelta(days=1)}"' in get(house, manager, f"today?date={today - timedelta(days=1)}").text


def test_late_data_says_so(house: House) -> None:
    from sqlalchemy import update

    from shared.events.tables import Cursor

    a_morning(house)
    analyst = staff(house, "hq_analyst", GROUP)
    house.settle()
    assert "0 家数据延迟" in get(house, analyst, "branches/figures").text
    with house.writing("reporting") as session:
        session.execute(update(Cursor).where(Cursor.source == "followup").values(unreachable_since=clock.now()))
    assert "2 家数据延迟" in get(house, analyst, "branches/figures").text
    assert "客户关怀 自" in get(house, analyst, f"today/figures?branch={BEIJING}").text


def test_the_pages_speak_both_languages(house: House) -> None:
    a_morning(house)
    analyst = staff(house, "hq_analyst", GROUP)
    house.settle()
    for path in ("today", "branches", "figures/visits", f"figures/visits/rows?branch={BEIJING}"):
        text = get(house, analyst, f"{path}{'&' if '?' in path else '?'}lang=en").text
        assert "Visits" in text
