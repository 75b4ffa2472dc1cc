"""Which state of a repair order may follow which (domain rules §3)."""

from __future__ import annotations

import itertools

import pytest

from services.appointments.repair_orders import stages
from services.appointments.repair_orders.stages import may_follow

pytestmark = pytest.mark.duty("P5.1")

ALL = stages.MAY_BE_SKIPPED


def test_with_everything_skipped_the_short_path_is_open():
    path = ["draft", "checked_in", "in_work", "ready", "handed_over"]
    for now, then in itertools.pairwise(path):
        assert may_follow(now, then, ALL)


def test_a_stage_that_is_not_skipped_must_be_passed():
    for stage in ALL:
        skipped = [other for other in ALL if other != stage]
        before = stages.PATH[stages.PATH.index(stage) - 1]
        after = stages.PATH[stages.PATH.index(stage) + 1]
        assert not may_follow(before, after, skipped)
        assert may_follow(before, stage, skipped)
        assert may_follow(stage, after, skipped)


def test_what_is_not_optional_cannot_be_skipped_by_a_setting():
    assert not may_follow("draft", "in_work", stages.STAGES)
    assert not may_follow("checked_in", "ready", stages.STAGES)
    assert not may_follow("in_work", "handed_over", stages.STAGES)


def test_work_waits_and_goes_on():
    for pause in stages.PAUSES:
        assert may_follow("in_work", pause, ALL)
        assert may_follow(pause, "in_work", ALL)
        assert not may_follow("checked_in", pause, ALL)
        assert not may_follow(pause, "ready", ALL)
    assert not may_follow("waiting_parts", "waiting_approval", ALL)


def test_nothing_goes_back_and_nothing_follows_the_end():
    for now, then in itertools.product(stages.PATH, repeat=2):
        if stages.PATH.index(then) <= stages.PATH.index(now):
            assert not may_follow(now, then, ALL)
    for ended in stages.ENDED:
        for then in stages.STAGES:
            assert not may_follow(ended, then, ALL)


def test_an_order_may_be_cancelled_until_the_handover():
    for now in stages.STAGES:
        assert may_follow(now, "cancelled", ()) is (now not in stages.ENDED)
