"""The follow-up record (F1.3): what must stand in it before a call-back can be closed. Pure rules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from services.followup.call_backs.model import NOT_REACHED, REACHED, FollowUp

ANSWERS = ("yes", "no", "no_answer")
FACTORS = ("quality", "facility", "pick_up", "advisor", "initiation")
LOWEST, HIGHEST = 1, 10


@dataclass(frozen=True)
class Form:
    """What was filled in; None and missing answers are what is not filled in yet."""

    reached: bool | None = None
    answers: dict[str, str] = field(default_factory=dict)
    scores: dict[str, int] = field(default_factory=dict)
    suggestions: str | None = None
    next_step: str | None = None


def missing(
    form: Form, call: FollowUp, *, questions: Collection[str], next_steps: Collection[str]
) -> list[tuple[str, str]]:
    """What keeps the call-back from being closed, as (JSON pointer, code); nothing when the record is complete.

    Reached: every question of the branch has its answer. Not reached: somebody called, and is not to call again.
    """
    faults: list[tuple[str, str]] = []
    if form.reached is None:
        faults.append(("/reached", "field.required"))
    elif not call.attempts:
        faults.append(("/reached", "call_back.no_attempt"))
    elif form.reached and call.reached_at is None:
        faults.append(("/reached", "call_back.not_reached_yet"))
    elif not form.reached and call.reached_at is not None:
        faults.append(("/reached", "call_back.was_reached"))
    elif not form.reached and call.next_try_at is not None:
        faults.append(("/reached", "call_back.tries_left"))
    faults += [(f"/answers/{code}", "call_back.unknown_question") for code in form.answers if code not in questions]
    if form.reached:
        faults += [(f"/answers/{code}", "field.required") for code in questions if code not in form.answers]
    if form.next_step is None:
        faults.append(("/next_step", "field.required"))
    elif form.next_step not in next_steps:
        faults.append(("/next_step", "call_back.unknown_next_step"))
    return faults


def result_of(call: FollowUp, ending: Collection[str]) -> str:
    """How it ended: ``reached``, the outcome after which nobody calls again, or ``not_reached``."""
    if call.reached_at is not None:
        return REACHED
    return call.last_outcome if call.last_outcome and call.last_outcome in ending else NOT_REACHED
