"""What a complete follow-up record is (F1.3)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.followup.call_backs.model import FollowUp
from services.followup.call_backs.records import Form, missing, result_of

pytestmark = pytest.mark.duty("F1.3")

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
QUESTIONS = ("fixed_first_time", "work_explained")
NEXT = ("none", "complaint")
ANSWERED = dict.fromkeys(QUESTIONS, "yes")


def call(**state):
    return FollowUp(**{"attempts": 0, "reached_at": None, "next_try_at": None, "last_outcome": None} | state)


REACHED = {"attempts": 1, "reached_at": AT, "last_outcome": "reached"}


def faults(form, state):
    return missing(form, call(**state), questions=QUESTIONS, next_steps=NEXT)


def test_a_complete_record_of_a_customer_who_was_reached():
    assert faults(Form(reached=True, answers=ANSWERED, next_step="none"), REACHED) == []


def test_everything_that_is_missing_is_said_at_once():
    assert faults(Form(), REACHED) == [("/reached", "field.required"), ("/next_step", "field.required")]
    assert faults(Form(reached=True), REACHED) == [
        ("/answers/fixed_first_time", "field.required"),
        ("/answers/work_explained", "field.required"),
        ("/next_step", "field.required"),
    ]


@pytest.mark.parametrize(
    ("reached", "state", "code"),
    [
        (True, {}, "call_back.no_attempt"),
        (False, {}, "call_back.no_attempt"),
        (True, {"attempts": 3, "last_outcome": "not_reached"}, "call_back.not_reached_yet"),
        (False, REACHED, "call_back.was_reached"),
        (False, {"attempts": 1, "last_outcome": "busy", "next_try_at": AT}, "call_back.tries_left"),
    ],
)
def test_the_record_says_what_the_calls_say(reached, state, code):
    assert ("/reached", code) in faults(Form(reached=reached, answers=ANSWERED, next_step="none"), state)


def test_who_was_not_reached_has_no_questions_to_answer():
    tried = {"attempts": 3, "last_outcome": "not_reached"}
    assert faults(Form(reached=False, next_step="none"), tried) == []


def test_questions_and_next_steps_are_those_of_the_branch():
    form = Form(reached=True, answers=ANSWERED | {"colour": "yes"}, next_step="dance")
    assert faults(form, REACHED) == [
        ("/answers/colour", "call_back.unknown_question"),
        ("/next_step", "call_back.unknown_next_step"),
    ]


def test_the_result_follows_from_the_calls():
    ending = ("wrong_number", "refused")
    assert result_of(call(**REACHED), ending) == "reached"
    assert result_of(call(attempts=1, last_outcome="refused"), ending) == "refused"
    assert result_of(call(attempts=3, last_outcome="busy"), ending) == "not_reached"
