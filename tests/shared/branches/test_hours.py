"""When a branch is open, on its own wall clock and calendar."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock
from shared.branches import (
    BranchView,
    is_closing_day,
    is_makeup_workday,
    is_open,
    is_public_holiday,
    next_opening,
    open_intervals,
    public_holiday,
)
from shared.branches.hours import is_office_workday
from shared.branches.view import WEEKDAYS, from_payload

WORKDAYS = {day: [["08:30", "12:00"], ["13:30", "18:00"]] for day in WEEKDAYS[:5]}


def branch(zone: str = "Asia/Shanghai", hours: Any = None, **more: Any) -> BranchView:
    return from_payload({
        "code": "bj", "name": "北京", "letter": "A", "zone": zone,
        "hours": {day: [["08:30", "18:00"]] for day in WEEKDAYS} if hours is None else hours, **more,
    })


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_public_holidays_take_their_whole_span_weekends_included(shared_data: Path, year: int) -> None:
    """Against the published lists, day by day: 2026 has six make-up workdays."""
    days = json.loads((shared_data / f"holidays-cn-{year}.json").read_text())["days"]
    off = sorted(date.fromisoformat(day["date"]) for day in days if day["isOffDay"])
    work = {date.fromisoformat(day["date"]) for day in days if not day["isOffDay"]}
    spans: list[list[date]] = []
    for day in off:
        if spans and day - spans[-1][1] == timedelta(days=1):
            spans[-1][1] = day
        else:
            spans.append([day, day])
    view = branch(
        public_holidays=[{"name": "假", "from": str(first), "to": str(last)} for first, last in spans],
        makeup_workdays=[str(day) for day in work],
    )
    assert year != 2026 or len(work) == 6
    for number in range(366):
        day = date(year, 1, 1) + timedelta(days=number)
        if day.year != year:
            continue
        assert is_public_holiday(view, day) == (day in off), day
        assert is_makeup_workday(view, day) == (day in work), day
        assert is_office_workday(view, day) == ((day.weekday() < 5 or day in work) and day not in off), day


def test_a_holiday_is_told_by_its_name() -> None:
    view = branch(public_holidays=[{"name": "元旦", "from": "2026-01-01", "to": "2026-01-03"}])
    assert public_holiday(view, date(2026, 1, 3)).name == "元旦"
    assert public_holiday(view, date(2026, 1, 4)) is None


def test_a_branch_is_open_on_public_holidays_and_closed_on_its_own_closing_days() -> None:
    view = branch(
        public_holidays=[{"name": "春节", "from": "2026-02-15", "to": "2026-02-23"}], closing_days=["2026-02-17"]
    )
    assert is_open(view, utc(2026, 2, 16, 2, 0))
    assert is_closing_day(view, date(2026, 2, 17))
    assert open_intervals(view, date(2026, 2, 17)) == []
    assert next_opening(view, utc(2026, 2, 16, 10, 0)) == utc(2026, 2, 18, 0, 30)


def test_hours_are_those_of_the_branchs_wall_clock() -> None:
    view = branch(hours=WORKDAYS)
    assert open_intervals(view, date(2026, 11, 23)) == [
        (utc(2026, 11, 23, 0, 30), utc(2026, 11, 23, 4, 0)), (utc(2026, 11, 23, 5, 30), utc(2026, 11, 23, 10, 0)),
    ]
    assert open_intervals(view, date(2026, 11, 22)) == []


def test_a_makeup_workday_without_hours_has_mondays() -> None:
    view = branch(hours=WORKDAYS, makeup_workdays=["2026-02-28"])
    assert len(open_intervals(view, date(2026, 2, 28))) == 2
    assert open_intervals(view, date(2026, 3, 1)) == []


def test_opening_is_open_and_closing_is_closed() -> None:
    view = branch()
    assert is_open(view, utc(2026, 11, 23, 0, 30))
    assert not is_open(view, utc(2026, 11, 23, 10, 0))
    assert is_open(view, utc(2026, 11, 23, 9, 59, 59))


def test_the_next_opening_is_now_when_open_and_none_when_never() -> None:
    view = branch(hours=WORKDAYS)
    assert next_opening(view, utc(2026, 11, 23, 1, 0)) == utc(2026, 11, 23, 1, 0)
    assert next_opening(view, utc(2026, 11, 23, 4, 0)) == utc(2026, 11, 23, 5, 30)
    assert next_opening(view, utc(2026, 11, 27, 10, 0)) == utc(2026, 11, 30, 0, 30)
    assert next_opening(branch(hours={}), utc(2026, 11, 23, 1, 0)) is None


def test_a_night_span_belongs_to_the_day_it_begins_on() -> None:
    view = branch(hours={"mon": [["20:00", "02:00"]], "fri": [["18:00", "24:00"]]})
    assert open_intervals(view, date(2026, 11, 23)) == [(utc(2026, 11, 23, 12), utc(2026, 11, 23, 18))]
    assert is_open(view, utc(2026, 11, 23, 17, 30))
    assert not is_open(view, utc(2026, 11, 24, 17, 30))
    assert open_intervals(view, date(2026, 11, 27)) == [(utc(2026, 11, 27, 10), utc(2026, 11, 27, 16))]


# Berlin skips 02:00-03:00 on 29 March 2026 (at 01:00 UTC) and shows 02:00-03:00 twice on 25 October (until 01:00 UTC).
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize(("day", "opens", "closes", "expected"), [
    (SPRING, "01:00", "04:00", (utc(2026, 3, 29, 0), utc(2026, 3, 29, 2))),
    (SPRING, "02:30", "04:00", (utc(2026, 3, 29, 1), utc(2026, 3, 29, 2))),
    (SPRING, "01:00", "02:30", (utc(2026, 3, 29, 0), utc(2026, 3, 29, 1))),
    (SPRING, "02:10", "02:50", None),
    (AUTUMN, "01:00", "04:00", (utc(2026, 10, 24, 23), utc(2026, 10, 25, 3))),
    (AUTUMN, "02:30", "04:00", (utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 3))),
    (AUTUMN, "01:00", "02:30", (utc(2026, 10, 24, 23), utc(2026, 10, 25, 1, 30))),
])
def test_the_nights_when_clocks_change(day: date, opens: str, closes: str, expected: object) -> None:
    view = branch("Europe/Berlin", {day: [[opens, closes]] for day in WEEKDAYS})
    assert open_intervals(view, day) == ([expected] if expected else [])


@given(
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    day=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    opens=st.times(), minutes=st.integers(1, 1439),
)
def test_inside_an_interval_the_wall_clock_is_inside_the_hours(zone: str, day: date, opens: Any, minutes: int) -> None:
    start = opens.replace(second=0, microsecond=0)
    end = (datetime.combine(day, start) + timedelta(minutes=minutes)).time()
    view = branch(zone, {WEEKDAYS[day.weekday()]: [[f"{start:%H:%M}", f"{end:%H:%M}"]]})
    for begins, ends in open_intervals(view, day):
        assert begins.tzinfo is UTC
        assert begins < ends
        for instant in (begins, ends - timedelta(seconds=1)):
            local = clock.local(instant, zone)
            wall = local.replace(tzinfo=None)
            opened, closed = datetime.combine(day, start), datetime.combine(day, start) + timedelta(minutes=minutes)
            assert opened <= wall < closed
            assert is_open(view, instant)
        assert not is_open(view, ends)


@pytest.mark.parametrize("wrong", [
    {"zone": "Asia/Nowhere"}, {"hours": {"monday": []}}, {"hours": {"mon": [["8:30", "18:00"]]}},
    {"hours": {"mon": [["08:30", "25:00"]]}}, {"hours": {"mon": [["08:30", "12:00"], ["11:00", "18:00"]]}},
    {"hours": {"mon": [["20:00", "02:00"], ["22:00", "23:00"]]}}, {"closing_days": ["2026-02-30"]},
    {"public_holidays": [{"name": "x", "from": "2026-01-03", "to": "2026-01-01"}]},
])
def test_a_branch_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        branch(**wrong)


def test_the_payload_comes_back_as_the_same_branch() -> None:
    view = branch(
        hours=WORKDAYS, makeup_workdays=["2026-02-28"], closing_days=["2026-02-17"],
        public_holidays=[{"name": "春节", "from": "2026-02-15", "to": "2026-02-23"}],
    )
    assert from_payload(json.loads(json.dumps(view.payload()))) == view
