"""The three-day rule against calculations that share nothing with it: lists of allowed hours and minutes."""

from __future__ import annotations

import json
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.followup.call_backs.due import NO_ALLOWED_HOUR, due
from services.followup.call_backs.hours import CallHours, NoAllowedHour
from shared.branches import BranchView
from shared.branches.view import Holiday

pytestmark = pytest.mark.duty("F1.1", "F1.2")

DEFAULT = ((time(9), time(12)), (time(14), time(20)))
SHANGHAI = ZoneInfo("Asia/Shanghai")


def branch(zone="Asia/Shanghai", holidays=(), makeup=()):
    return BranchView(
        code="bj", name="北京", letter="A", zone=zone, hours={}, closing_days=frozenset(),
        public_holidays=tuple(Holiday("假", first, last) for first, last in holidays),
        makeup_workdays=frozenset(makeup),
    )  # fmt: skip


def local(text, zone=SHANGHAI):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def ask(handed_over_at, *, zone="Asia/Shanghai", holidays=(), makeup=(), hours=DEFAULT, asked_for=None):
    view = branch(zone, holidays, makeup)
    found = due(handed_over_at.astimezone(UTC), CallHours(view, hours), asked_for)
    return found.at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M"), found.rule, found.exception


NATIONAL_DAY_2025 = (date(2025, 10, 1), date(2025, 10, 8))


def test_three_days_end_with_the_last_allowed_hour_of_local_day_plus_three():
    assert ask(local("2026-11-23 10:00")) == ("2026-11-26 20:00", "third_day", None)
    assert ask(local("2026-11-23 00:00")) == ("2026-11-26 20:00", "third_day", None)
    assert ask(local("2026-11-23 23:59")) == ("2026-11-26 20:00", "third_day", None)


def test_weekends_are_ordinary_days():
    assert ask(local("2026-11-18 16:00")) == ("2026-11-21 20:00", "third_day", None)  # a Saturday
    assert ask(local("2026-11-19 16:00")) == ("2026-11-22 20:00", "third_day", None)  # a Sunday


def test_a_weekend_inside_a_holiday_is_holiday():
    # 4 and 5 October 2025 are a Saturday and a Sunday inside the span.
    assert ask(local("2025-09-30 10:00"), holidays=[NATIONAL_DAY_2025])[0] == "2025-09-30 20:00"
    assert ask(local("2025-10-02 10:00"), holidays=[NATIONAL_DAY_2025]) == (
        "2025-10-09 10:00", "after_third_day", NO_ALLOWED_HOUR,
    )  # fmt: skip


def test_without_an_allowed_hour_on_the_third_day_it_is_due_in_the_last_one_before():
    for handed_over in ("2025-09-28 10:00", "2025-09-30 10:00", "2025-09-30 19:30"):
        found = ask(local(handed_over), holidays=[NATIONAL_DAY_2025])
        assert found == ("2025-09-30 20:00", "before_third_day", None)


def test_without_an_allowed_hour_in_three_days_the_first_one_after_is_a_named_exception():
    late = ask(local("2025-09-30 20:00"), holidays=[NATIONAL_DAY_2025])
    assert late == ("2025-10-09 10:00", "after_third_day", NO_ALLOWED_HOUR)


def test_a_make_up_workday_is_an_ordinary_day_even_inside_a_span():
    assert ask(local("2025-09-25 10:00"), makeup=[date(2025, 9, 28)])[0] == "2025-09-28 20:00"
    third = date(2025, 10, 4)
    assert ask(local("2025-10-01 10:00"), holidays=[NATIONAL_DAY_2025], makeup=[third])[0] == "2025-10-04 20:00"


def test_a_time_the_customer_asked_for_wins_also_in_rest_time():
    wish = local("2025-10-05 21:30").astimezone(UTC)
    assert ask(local("2025-10-02 10:00"), holidays=[NATIONAL_DAY_2025], asked_for=wish) == (
        "2025-10-05 21:30", "customer_asked", None,
    )  # fmt: skip


def test_the_first_allowed_hour_may_be_shorter_than_an_hour():
    short = ((time(9), time(9, 30)), (time(14), time(20)))
    assert ask(local("2025-10-02 10:00"), holidays=[NATIONAL_DAY_2025], hours=short)[0] == "2025-10-09 09:30"


def test_no_allowed_hour_at_all_is_said_and_not_searched_for_ever():
    with pytest.raises(NoAllowedHour):
        ask(local("2026-01-01 10:00"), hours=())
    with pytest.raises(NoAllowedHour):
        ask(local("2026-01-01 10:00"), holidays=[(date(2025, 1, 1), date(2030, 1, 1))])


@pytest.mark.parametrize(
    ("zone", "handed_over", "expected"),
    [
        ("America/New_York", "2026-03-06 18:00", "2026-03-09 20:00"),  # clocks go forward on the 8th
        ("America/New_York", "2026-10-30 18:00", "2026-11-02 20:00"),  # and back on 1 November
        ("Europe/Berlin", "2026-03-28 23:59", "2026-03-31 20:00"),
        ("Australia/Lord_Howe", "2026-04-03 10:00", "2026-04-06 20:00"),  # by half an hour
        ("Asia/Urumqi", "2026-11-23 10:00", "2026-11-26 20:00"),
        ("Asia/Kathmandu", "2026-11-23 10:00", "2026-11-26 20:00"),
    ],
)
def test_the_days_are_those_of_the_branch_clock(zone, handed_over, expected):
    assert ask(local(handed_over, ZoneInfo(zone)), zone=zone)[0] == expected


def holidays_of(shared_data):
    """From the government's lists: the days off as spans, the make-up workdays."""
    off, makeup = [], []
    for year in (2024, 2025, 2026):
        for day in json.loads((shared_data / f"holidays-cn-{year}.json").read_text())["days"]:
            (off if day["isOffDay"] else makeup).append(date.fromisoformat(day["date"]))
    spans = []
    for _, days in groupby(enumerate(sorted(off)), lambda pair: pair[1].toordinal() - pair[0]):
        run = [day for _, day in days]
        spans.append((run[0], run[-1]))
    return spans, makeup, set(off)


def test_every_hour_of_three_years_agrees_with_a_list_of_the_allowed_hours(shared_data):
    spans, makeup, off = holidays_of(shared_data)
    hours = CallHours(branch(holidays=spans, makeup=makeup), DEFAULT)
    # Shanghai is UTC+8 without change in these years: plain arithmetic, no zone database, no rule of ours.
    allowed = [
        datetime(2024, 1, 1) + timedelta(days=day, hours=hour)
        for day in range(3 * 366 + 20)
        for hour in (9, 10, 11, 14, 15, 16, 17, 18, 19)
        if (date(2024, 1, 1) + timedelta(days=day)) not in off
    ]
    seen = set()
    moment, last = datetime(2024, 1, 1), datetime(2026, 12, 25)
    while moment < last:
        end_of_third_day = datetime.combine(moment.date() + timedelta(days=4), time())
        at = bisect_left(allowed, end_of_third_day)
        if at and allowed[at - 1] >= moment:
            expected, exception = allowed[at - 1], None
        else:
            expected, exception = allowed[at], NO_ALLOWED_HOUR
        found = due((moment - timedelta(hours=8)).replace(tzinfo=UTC), hours)
        wanted = (expected + timedelta(hours=1) - timedelta(hours=8)).replace(tzinfo=UTC)
        assert (found.at, found.exception) == (wanted, exception), moment
        seen.add(found.rule)
        moment += timedelta(hours=1)
    assert seen == {"third_day", "before_third_day", "after_third_day"}


ZONES = [
    "Asia/Shanghai", "Asia/Urumqi", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana",
    "Asia/Beirut", "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca", "Pacific/Auckland",
]  # fmt: skip
MINUTE = timedelta(minutes=1)


@st.composite
def situations(draw):
    zone = draw(st.sampled_from(ZONES))
    moment = draw(st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)))
    moment = moment.replace(second=0, microsecond=0)
    marks = sorted(draw(st.lists(st.integers(0, 95), min_size=2, max_size=6, unique=True)))
    clocks = [time(mark // 4, mark % 4 * 15) for mark in marks]
    hours = tuple(zip(clocks[::2], clocks[1::2], strict=False))
    day = moment.date()
    offsets = st.integers(-3, 9).map(lambda ahead: day + timedelta(days=ahead))
    spans = [
        (first, first + timedelta(days=length))
        for first, length in draw(st.lists(st.tuples(offsets, st.integers(0, 8)), max_size=2))
    ]
    return zone, moment, hours, spans, draw(st.sets(offsets, max_size=2))


@settings(max_examples=150, deadline=None)
@given(situations())
@example(("Asia/Beirut", datetime(2026, 3, 26, 9, 0, tzinfo=UTC), ((time(0, 0), time(0, 45)),), [], set()))
@example(("America/Havana", datetime(2026, 10, 29, 9, 0, tzinfo=UTC), ((time(0, 15), time(0, 45)),), [], set()))
def test_in_any_zone_it_agrees_with_the_minutes_on_the_wall_clock(situation):
    zone_name, moment, hours, spans, makeup = situation
    zone = ZoneInfo(zone_name)

    def free(minute):
        wall = minute.astimezone(zone)
        day = wall.date()
        if any(first <= day <= last for first, last in spans) and day not in makeup:
            return False
        return any(start <= wall.time() < end for start, end in hours)

    third = moment.astimezone(zone).date() + timedelta(days=3)
    minutes = [moment + index * MINUTE for index in range(5 * 24 * 60)]
    within = [minute for minute in minutes if minute.astimezone(zone).date() <= third and free(minute)]
    calls = CallHours(branch(zone_name, spans, makeup), hours)
    found = due(moment, calls)
    if within:
        assert (found.at, found.exception) == (within[-1] + MINUTE, None)
        assert found.rule == ("third_day" if within[-1].astimezone(zone).date() == third else "before_third_day")
    else:
        first = next(
            minute
            for minute in (moment + index * MINUTE for index in range(40 * 24 * 60))
            if minute.astimezone(zone).date() > third and free(minute)
        )
        assert found.exception == NO_ALLOWED_HOUR
        assert first < found.at <= first + timedelta(hours=1)
    assert calls.allowed(found.at - timedelta(seconds=1))


@settings(max_examples=100, deadline=None)
@given(situations())
def test_the_next_allowed_moment_is_never_in_rest_time(situation):
    zone_name, moment, hours, spans, makeup = situation
    calls = CallHours(branch(zone_name, spans, makeup), hours)
    found = calls.next_allowed(moment)
    assert found >= moment
    if calls.allowed(moment):
        assert found == moment
