"""The specialist's worklist and the page of one call. Every page works without a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session

from services.followup import contacts
from services.followup.call_backs import actions, cards, queries, typed
from services.followup.call_backs.model import CLOSED, OPEN
from services.followup.call_backs.records import ANSWERS, FACTORS, HIGHEST, LOWEST
from services.followup.call_backs.script import script
from services.followup.call_backs.words import WORDS
from shared import clock
from shared.access import action, current_actor, needs
from shared.db import reader
from shared.http import accepts
from shared.http.problems import Problem
from shared.i18n.pages import words
from shared.runtime import runtime
from shared.web.frame import fragment, page, page_language
from shared.web.saying import Saying

blueprint = Blueprint("worklist", __name__, template_folder="templates")
_FORM = "application/x-www-form-urlencoded"
_SAID_IN_PLACE = (409, 412, 422)
_MOST, _IN_CARD = 200, 30


@blueprint.get("/worklist")
@needs("staff")
@action("call_backs.read")
def worklist() -> Response:
    """Whom to call, the soonest due first (F1.1, F1.2)."""
    return page("call_backs/worklist.html", WORDS, **_list())


@blueprint.get("/worklist/calls")
@needs("staff")
@action("call_backs.read")
def calls() -> Response:
    """The live part of the worklist."""
    return fragment("call_backs/_worklist.html", WORDS, **_list())


@blueprint.get("/call-backs/<follow_up_id>")
@needs("staff")
@action("call_backs.read")
def one(follow_up_id: str) -> Response:
    """One call: who, what was done, what to say, what came of it."""
    return _one(follow_up_id, logged="logged" in request.args)


@blueprint.get("/customers/<customer_id>/card")
@needs("staff")
@action("call_backs.read")
def customer_card(customer_id: str) -> Response:
    """The call-backs about somebody in this branch, open ones first. An unknown person has an empty card."""
    with reader() as session:
        found = cards.of_calls(session, queries.with_customer(session, customer_id, _IN_CARD), clock.now())
        values = _words(session)
    return fragment("call_backs/_customer.html", WORDS, cards=found, **values)


@blueprint.post("/call-backs/<follow_up_id>/reveal")
@needs("staff")
@accepts(_FORM)
def reveal(follow_up_id: str) -> Response:
    """The number to call, whole; who asked is written down (S13)."""
    person = actions.reveal(follow_up_id, "contact")
    if "HX-Request" in request.headers:
        answer = fragment("call_backs/_person.html", WORDS, person=person, shown=True)
    else:
        answer = _one(follow_up_id, person=person)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/call-backs/<follow_up_id>/attempts")
@needs("staff")
@accepts(_FORM)
def log_attempt(follow_up_id: str) -> Response:
    """A call was made just now (F1.3); what is wrong comes back beside its field."""
    with reader() as session:
        zone = cards.place(session).zone
    given, faults = typed.attempt(request.form, zone)
    if faults:
        return _one(follow_up_id, 422, faults=faults, given=typed.kept(request.form))
    refused = _refused(lambda: actions.log_attempt(follow_up_id, **given, seen=_seen()), follow_up_id)
    return refused or _to(follow_up_id, logged=1)


@blueprint.post("/call-backs/<follow_up_id>/record")
@needs("staff")
@accepts(_FORM)
def complete(follow_up_id: str) -> Response:
    """The record that closes the call-back (F1.3); everything that is missing is said at once."""
    form, faults = typed.record(request.form)
    if form is None:
        return _one(follow_up_id, 422, faults=faults, given=typed.kept(request.form))
    refused = _refused(lambda: actions.complete(follow_up_id, form, _seen()), follow_up_id)
    if refused is not None:
        return refused
    if request.form.get("then") == "next":
        with reader() as session:
            following = queries.next_to_call(session, queries.get(session, follow_up_id), clock.now())
        if following is not None:
            return _to(following.id)
    return redirect(url_for(".worklist"), 303)  # type: ignore[return-value]


# -- showing


def _list() -> dict[str, Any]:
    now = clock.now()
    closed = request.args.get("of") == "done"
    with reader() as session:
        branch = cards.place(session)
        today = clock.local_date(now, branch.zone)
        if closed:
            midnight = datetime.combine(today, time(), tzinfo=ZoneInfo(branch.zone))
            found = queries.closed_since(session, midnight, _MOST)
            groups = [("done", cards.of_calls(session, found, now))]
        else:
            found = queries.page(session, _MOST, OPEN)
            groups = cards.in_order(cards.of_calls(session, found, now), now, branch)
        return {
            "groups": groups,
            "of": "done" if closed else "open",
            "tomorrow": queries.due_on(session, today + timedelta(days=1)),
            "most": queries.try_rules(session, branch.code).attempts,
            "times": cards.call_time(cards.hours_of(session), now),
            "fullness": len(found) == _MOST,
            **_words(session),
        }


def _one(
    follow_up_id: str, status: int = 200, *, person: Any = None, faults: dict[str, str] | None = None,
    given: Any = None, logged: bool = False,
) -> Response:  # fmt: skip
    now, actor = clock.now(), current_actor()
    with reader() as session:
        call = queries.get(session, follow_up_id)
        branch = cards.place(session)
        (card,) = cards.of_calls(session, [call], now)
        rules = queries.try_rules(session, branch.code)
        questions, next_steps = queries.asked_and_next(session, branch.code)
        tried, record = queries.attempts(session, call.id), queries.form(session, call.id)
        before, after = queries.beside(session, call)
        by = {each.attempted_by for each in tried} | {record.recorded_by if record else None, actor.id}
        values = {
            "card": card, "call": call, "rules": rules, "tried": tried, "record": record, "before": before,
            "after": after, "labels": contacts.labels_of(session, by), "questions": questions,
            "next_steps": next_steps, "times": cards.call_time(cards.hours_of(session), now), **_words(session),
        }  # fmt: skip
    language = "en" if (card.person.language or page_language()).startswith("en") else "zh"
    me = values["labels"].get(actor.id) or actor.label
    values["script"] = script(words(language, WORDS), branch, me, call, card.person, questions)
    values |= {"script_language": {"zh": "zh-CN", "en": "en"}[language], "person": person or card.person}
    return page(
        "call_backs/one.html", WORDS, status, shown=person is not None, logged=logged, rights=actor.permissions,
        given=given if given is not None else _begun(call), closed=call.status == CLOSED, answers=ANSWERS,
        factors=FACTORS, scores=range(LOWEST, HIGHEST + 1),
        errors={name: _sentence(code, status) for name, code in (faults or {}).items()}, **values,
    )  # fmt: skip


def _begun(call: Any) -> dict[str, str]:
    """What the log of calls already says about the record."""
    if call.reached_at is not None:
        return {"reached": "yes"}
    return {"reached": "no"} if call.attempts and call.next_try_at is None else {}


def _words(session: Session) -> dict[str, Any]:
    zone, word = cards.place(session).zone, words(page_language(), WORDS)

    def coded(prefix: str, code: str) -> str:
        # A branch may add codes of its own; nobody has words for them.
        return word(f"{prefix}-{code}") if f"{prefix}-{code}" in WORDS else code

    return {"said": Saying(zone, clock.now(), word), "coded": coded}


# -- doing


def _refused(deed: Callable[[], Any], follow_up_id: str) -> Response | None:
    """Do it; None when it is done, else the page with what was typed and what is wrong."""
    try:
        deed()
    except Problem as problem:
        if problem.status not in _SAID_IN_PLACE:
            raise
        faults = {typed.named(fault.pointer): fault.code for fault in problem.errors} or {"": problem.code}
        return _one(follow_up_id, problem.status, faults=faults, given=typed.kept(request.form))
    return None


def _seen() -> int | None:
    version = request.form.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 9 else None


def _sentence(code: str, status: int) -> str:
    wording, language = runtime().wording, page_language()
    found = code in wording.fields
    return wording.field(code, language, {}) if found else wording.problem(code, status, language, {})[1]


def _to(follow_up_id: str, **more: Any) -> Response:
    return redirect(url_for(".one", follow_up_id=follow_up_id, **more), 303)  # type: ignore[return-value]
