"""What comes in and goes out about call-backs."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from services.followup import contacts
from services.followup.call_backs.model import CLOSED, OPEN, Attempt, FollowUp, FollowUpRecord
from services.followup.call_backs.records import ANSWERS, FACTORS, HIGHEST, LOWEST, Form
from services.followup.contacts import ContactCard
from shared.http import Choice, Code, Flag, InputSchema, Instant, Limit, OutputSchema, QuerySchema, Text, Whole
from shared.http.fields import FieldFault
from shared.privacy import Private, Revealed, hidden
from shared.privacy.fields import tags

ATTEMPT_EXAMPLE = {"outcome": "not_reached", "note": "语音信箱"}
RECORD_EXAMPLE = {
    "reached": True,
    "answers": [
        {"question": "fixed_first_time", "answer": "yes"},
        {"question": "work_explained", "answer": "yes"},
        {"question": "ready_on_time", "answer": "no"},
    ],
    "scores": [{"factor": "quality", "score": 9}],
    "suggestions": "希望提前告知延误",
    "next_step": "none",
}

# What customers say is kept as long as they are.
_KEPT = tags(contacts.PURPOSE, "P24M")


class AttemptIn(InputSchema):
    """How a call went. ``asked_for``: with ``asked_later``, the time the customer prefers."""

    outcome = Code(60, required=True)
    note = Text(500, lines=True, allow_none=True, load_default=None, metadata=_KEPT)
    asked_for = Instant(allow_none=True, load_default=None)


class AnswerIn(InputSchema):
    """One question of the branch and what the customer said."""

    question = Code(60, required=True)
    answer = Choice(ANSWERS, required=True)


class ScoreIn(InputSchema):
    """One factor and its score."""

    factor = Choice(FACTORS, required=True)
    score = Whole(LOWEST, HIGHEST, required=True)


def _once_each(name: str) -> Any:
    def check(values: list[dict[str, Any]]) -> None:
        if len({value[name] for value in values}) != len(values):
            raise FieldFault("list.repeated")

    return check


class RecordIn(InputSchema):
    """The record. Nothing is required here: what is missing is told all at once, by the rule that asks for it."""

    reached = Flag(allow_none=True, load_default=None)
    answers = ma.fields.List(
        ma.fields.Nested(AnswerIn), load_default=list, validate=[validate.Length(max=50), _once_each("question")]
    )
    scores = ma.fields.List(
        ma.fields.Nested(ScoreIn), load_default=list, validate=[validate.Length(max=len(FACTORS)), _once_each("factor")]
    )
    suggestions = Text(2000, lines=True, allow_none=True, load_default=None, metadata=_KEPT)
    next_step = Code(60, allow_none=True, load_default=None)


def _words(**options: Any) -> Private:
    """What the customer said, as it was written down."""
    return Private(hidden, right="complaints.read", purpose=contacts.PURPOSE, **options)


class PersonOut(OutputSchema):
    """Whom to call, whole: who asked has been written down."""

    follow_up_id = ma.fields.String(required=True)
    name = Revealed(purpose=contacts.PURPOSE, required=True, allow_none=True)
    phone = Revealed(purpose=contacts.PURPOSE, required=True, allow_none=True)
    plate = Revealed(purpose=contacts.PURPOSE, required=True, allow_none=True)


class ContactOut(OutputSchema):
    """Whom to call; the phone is masked, `POST …/reveal` shows it."""

    shows = {"language": "zh", "plate": "京A12345", "forgotten": False}
    customer_id = ma.fields.String(required=True, allow_none=True)
    name = contacts.name_out(required=True, allow_none=True)
    phone = contacts.phone_out(required=True, allow_none=True)
    language = ma.fields.String(required=True, allow_none=True)
    plate = contacts.plate_out(required=True, allow_none=True)
    forgotten = ma.fields.Boolean(required=True)


class CallBackOut(OutputSchema):
    """A call to be made, or made."""

    shows = {
        "kind": "three_day", "rule": "three_days", "exception": None, "last_outcome": None, "result": None,
        "next_step": None,
    }  # fmt: skip
    follow_up_id = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    repair_order_id = ma.fields.String(required=True)
    handed_over_at = Instant(required=True)
    due_at = Instant(required=True)
    due_date = ma.fields.Date(required=True)
    rule = ma.fields.String(required=True)
    exception = ma.fields.String(required=True, allow_none=True)
    overdue = ma.fields.Boolean(required=True)
    attempts = ma.fields.Integer(required=True)
    last_outcome = ma.fields.String(required=True, allow_none=True)
    next_try_at = Instant(required=True, allow_none=True)
    result = ma.fields.String(required=True, allow_none=True)
    next_step = ma.fields.String(required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)
    on_time = ma.fields.Boolean(required=True, allow_none=True)
    version = ma.fields.Integer(required=True)
    contact = ma.fields.Nested(ContactOut, required=True)


class AttemptOut(OutputSchema):
    """One call that was made."""

    shows = {"outcome": "not_reached", "note": "语音信箱", "asked_for": None, "attempted_by": None}
    number = ma.fields.Integer(required=True)
    outcome = ma.fields.String(required=True)
    note = _words(required=True, allow_none=True)
    asked_for = Instant(required=True, allow_none=True)
    attempted_at = Instant(required=True)
    attempted_by = ma.fields.String(required=True, allow_none=True)


class RecordOut(OutputSchema):
    """The record that closed a call-back."""

    shows = {"suggestions": "希望提前告知延误", "next_step": "none", "recorded_by": None}
    reached = ma.fields.Boolean(required=True)
    tried = ma.fields.Integer(required=True)
    answers = ma.fields.List(ma.fields.Dict(), required=True)
    scores = ma.fields.List(ma.fields.Dict(), required=True)
    suggestions = _words(required=True, allow_none=True)
    next_step = ma.fields.String(required=True)
    recorded_at = Instant(required=True)
    recorded_by = ma.fields.String(required=True, allow_none=True)


class CallBackWithCallsOut(CallBackOut):
    """The same with every call and the record."""

    calls = ma.fields.List(ma.fields.Nested(AttemptOut), required=True)
    record = ma.fields.Nested(RecordOut, required=True, allow_none=True)


class CallBacksQuery(QuerySchema):
    """Open ones (default) or closed ones."""

    state = Choice((OPEN, CLOSED), load_default=OPEN)
    after = ma.fields.String(load_default=None)
    limit = Limit()


class CallBacksOut(OutputSchema):
    """One page, the soonest due first; ``next`` is the cursor of the following one."""

    call_backs = ma.fields.List(ma.fields.Nested(CallBackOut), required=True)
    next = ma.fields.String(required=True, allow_none=True)


def form_of(body: dict[str, Any]) -> Form:
    """The record as the rules read it."""
    return Form(
        reached=body["reached"],
        answers={each["question"]: each["answer"] for each in body["answers"]},
        scores={each["factor"]: each["score"] for each in body["scores"]},
        suggestions=body["suggestions"],
        next_step=body["next_step"],
    )


_SHOWN = (
    "kind", "status", "repair_order_id", "handed_over_at", "due_at", "due_date", "rule", "exception", "attempts",
    "last_outcome", "next_try_at", "result", "next_step", "closed_at", "on_time", "version",
)  # fmt: skip


def call_back_out(call: FollowUp, card: ContactCard, overdue: bool) -> dict[str, Any]:
    """A call-back as it is shown."""
    return {
        "follow_up_id": call.id,
        **{name: getattr(call, name) for name in _SHOWN},
        "overdue": overdue,
        "contact": {
            "customer_id": call.customer_id,
            "name": card.name,
            "phone": card.phone,
            "language": card.language,
            "plate": card.plate,
            "forgotten": card.forgotten,
        },
    }


def with_calls(shown: dict[str, Any], calls: list[Attempt], record: FollowUpRecord | None) -> dict[str, Any]:
    """The same with what has been done about it."""
    return {**shown, "calls": calls, "record": record}
