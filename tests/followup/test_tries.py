"""When to try somebody again who was not reached (domain rules §4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.followup.call_backs import settings
from services.followup.call_backs.hours import CallHours
from services.followup.call_backs.tries import TryRules, next_try
from shared.branches import BranchView
from shared.branches.view import Holiday

pytestmark = pytest.mark.duty("F1.2", "F1.3")

ZONE = ZoneInfo("Asia/Shanghai")
RULES = TryRules(
    outcomes=tuple(settings.OUTCOMES.default),
    answering=tuple(settings.ANSWERING.default),
    ending=tuple(settings.ENDING.default),
    next_day=tuple(settings.NEXT_DAY.default),
    soon=tuple(settings.SOON.default),
    attempts=3,
    within=timedelta(hours=72),
    spacing=timedelta(hours=4),
    busy_again=timedelta(minutes=30),
)


def hours(*holidays):
    branch = BranchView(
        code="bj", name="北京", letter="A", zone="Asia/Shanghai", hours={}, closing_days=frozenset(),
        public_holidays=tuple(Holiday("假", *span) for span in holidays), makeup_workdays=frozenset(),
    )  # fmt: skip
    return CallHours(branch, ((time(9), time(12)), (time(14), time(20))))


def again(outcome, at, attempts=1, first=None, calls=None):
    moment = datetime.fromisoformat(at).replace(tzinfo=ZONE).astimezone(UTC)
    first_at = datetime.fromisoformat(first).replace(tzinfo=ZONE).astimezone(UTC) if first else moment
    found = next_try(outcome, moment, attempts=attempts, first_at=first_at, rules=RULES, hours=calls or hours())
    return None if found is None else found.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def test_no_answer_is_tried_in_the_next_half_day_and_not_before_four_hours():
    assert again("not_reached", "2026-11-23 09:30") == "2026-11-23 14:00"
    assert again("not_reached", "2026-11-23 11:50") == "2026-11-23 15:50"
    assert again("not_reached", "2026-11-23 14:30") == "2026-11-24 09:00"
    assert again("not_reached", "2026-11-23 19:50") == "2026-11-24 09:00"


def test_a_busy_line_is_tried_half_an_hour_later_but_never_in_rest_time():
    assert again("busy", "2026-11-23 09:30") == "2026-11-23 10:00"
    assert again("busy", "2026-11-23 11:45") == "2026-11-23 14:00"
    assert again("busy", "2026-11-23 19:50") == "2026-11-24 09:00"


def test_a_phone_that_is_off_is_tried_the_next_day():
    assert again("powered_off", "2026-11-23 09:30") == "2026-11-24 09:00"
    assert again("powered_off", "2026-11-23 19:30") == "2026-11-24 09:00"


def test_on_a_holiday_nobody_is_tried():
    spring = (date(2026, 11, 24), date(2026, 11, 24))
    assert again("not_reached", "2026-11-23 14:30", calls=hours(spring)) == "2026-11-25 09:00"


@pytest.mark.parametrize("outcome", ["reached", "wrong_number", "refused", "car_sold", "used_elsewhere"])
def test_some_outcomes_end_the_trying(outcome):
    assert again(outcome, "2026-11-23 09:30") is None


def test_three_tries_within_seventy_two_hours_are_enough():
    assert again("not_reached", "2026-11-24 09:30", attempts=2, first="2026-11-23 09:30") == "2026-11-24 14:00"
    assert again("not_reached", "2026-11-24 14:30", attempts=3, first="2026-11-23 09:30") is None
    assert again("not_reached", "2026-11-26 09:10", attempts=2, first="2026-11-23 09:30") is None


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),
    st.sampled_from(RULES.outcomes),
    st.integers(1, 4),
)
def test_the_next_try_keeps_every_rule(at, outcome, attempts):
    calls = hours((date(2026, 2, 15), date(2026, 2, 23)), (date(2026, 10, 1), date(2026, 10, 7)))
    found = next_try(outcome, at, attempts=attempts, first_at=at, rules=RULES, hours=calls)
    if found is None:
        return
    assert calls.allowed(found)
    assert at < found <= at + timedelta(hours=72)
    if outcome != "busy":
        before, after = at.astimezone(ZONE), found.astimezone(ZONE)
        assert found - at >= timedelta(hours=4)
        assert (before.date(), before.hour < 12) != (after.date(), after.hour < 12)
