"""What was typed into the forms of a call-back, read by the same schemas as the API's; faults by name of the field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import marshmallow as ma
from werkzeug.datastructures import MultiDict

from services.followup.call_backs.records import FACTORS, Form
from services.followup.call_backs.schemas import AttemptIn, RecordIn, form_of
from shared.http.faults import faults

Faults = dict[str, str]
_MINUTE = "%Y-%m-%dT%H:%M"
# More than the longest field takes: what is too long is said, and still shown.
_MOST = 4000


def attempt(form: MultiDict[str, str], zone: str) -> tuple[dict[str, Any], Faults]:
    """A call that was made: the values for ``log_attempt`` and what is wrong with them."""
    body: dict[str, Any] = {"outcome": form.get("outcome") or None, "note": _text(form, "note")}
    wrong: Faults = {}
    asked_for = form.get("asked_for", "")[:40]
    if asked_for and body["outcome"] == "asked_later":
        try:
            body["asked_for"] = datetime.strptime(asked_for, _MINUTE).replace(tzinfo=ZoneInfo(zone)).isoformat()
        except (ValueError, OverflowError):
            wrong["asked_for"] = "time.format"
    if body["outcome"] is None:
        wrong["outcome"] = "field.required"
    return _loaded(AttemptIn(), body, wrong)


def record(form: MultiDict[str, str]) -> tuple[Form | None, Faults]:
    """The record of a call; what is missing in it is told by the rule, not here."""
    answers = {name.removeprefix("answer-"): value for name, value in form.items() if name.startswith("answer-")}
    scores = {factor: form.get(f"score-{factor}", "") for factor in FACTORS}
    body: dict[str, Any] = {
        "reached": {"yes": True, "no": False}.get(form.get("reached", "")),
        "answers": [{"question": question, "answer": answer} for question, answer in answers.items()],
        "scores": [{"factor": factor, "score": _whole(value)} for factor, value in scores.items() if value],
        "suggestions": _text(form, "suggestions"),
        "next_step": form.get("next_step") or None,
    }
    values, wrong = _loaded(RecordIn(), body, {})
    return (None, wrong) if wrong else (form_of(values), {})


def kept(form: MultiDict[str, str]) -> Mapping[str, str]:
    """What was typed, to be shown again."""
    return {name: value[:_MOST] for name, value in form.items() if name not in ("csrf", "version")}


def named(pointer: str) -> str:
    """``/answers/work_explained`` → ``answer-work_explained``: the field of the form that a fault is about."""
    parts = pointer.strip("/").split("/")
    return f"answer-{parts[1]}" if parts[0] == "answers" and len(parts) > 1 else parts[0]


def _loaded(schema: ma.Schema, body: dict[str, Any], wrong: Faults) -> tuple[dict[str, Any], Faults]:
    if wrong:
        return {}, wrong
    try:
        return schema.load(body), {}
    except ma.ValidationError as error:
        return {}, {named(fault.pointer): fault.code for fault in faults(error.messages)}


def _text(form: MultiDict[str, str], name: str) -> str | None:
    return form.get(name, "")[:_MOST].replace("\r\n", "\n").strip() or None


def _whole(value: str) -> int | str:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else value
