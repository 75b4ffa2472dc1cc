"""Our table of holidays against the government's announcements, as somebody else wrote them down."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import pairwise

import pytest

from services.reception.branches.public_holidays import HOLIDAYS, MAKEUP_WORKDAYS

pytestmark = pytest.mark.duty("F1.2")


@pytest.fixture(params=[2024, 2025, 2026])
def announced(request, shared_data):
    """(days off, make-up workdays) of one year."""
    days = json.loads((shared_data / f"holidays-cn-{request.param}.json").read_text(encoding="utf-8"))["days"]
    off = {date.fromisoformat(day["date"]) for day in days if day["isOffDay"]}
    worked = {date.fromisoformat(day["date"]) for day in days if not day["isOffDay"]}
    return request.param, off, worked


def test_every_day_off_is_in_a_span_weekends_included(announced):
    year, off, _ = announced
    ours = {day for span in HOLIDAYS for day in span.days() if day.year == year}
    assert ours == off
    assert any(day.weekday() >= 5 for day in ours)


def test_every_make_up_workday_is_known(announced):
    year, _, worked = announced
    assert {day for day in MAKEUP_WORKDAYS if day.year == year} == worked
    assert all(day.weekday() >= 5 for day in worked)


def test_spans_are_whole_and_do_not_touch():
    assert all(earlier.last + timedelta(days=1) < later.first for earlier, later in pairwise(HOLIDAYS))
    assert not set(MAKEUP_WORKDAYS) & {day for span in HOLIDAYS for day in span.days()}
