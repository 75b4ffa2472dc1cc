"""The reception board, the form for who checks in at the desk, and the wall display (R1.1, R1.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import marshmallow as ma
from flask import Blueprint, Response, redirect, request

from services.reception.visits import actions, cards, queries
from services.reception.visits.model import PURPOSES, Visit
from services.reception.visits.schemas import CheckInIn
from services.reception.visits.words import WORDS
from shared import branches, clock
from shared.access import action, current_actor, needs
from shared.db import current_branch, reader
from shared.http import accepts
from shared.http.problems import Problem
from shared.i18n.pages import words
from shared.privacy.schemas import REASONS
from shared.runtime import runtime
from shared.web.frame import fragment, page, page_language, told
from shared.web.saying import Saying

blueprint = Blueprint("board", __name__, template_folder="templates")
BOARD = "/reception/board"
# What the desk tells a visitor; the words stand in ``words.py`` and change together with this.
NOTICE = "2026-11-desk"
_FORM = "application/x-www-form-urlencoded"
_IN_CARD = 30
_SAID_IN_PLACE = (409, 412, 422)
_STEPS: dict[str, Callable[[str, int | None], Visit]] = {
    "call": actions.call, "greet": actions.greet, "take": actions.take, "complete": actions.complete,
    "leave": actions.leave,
}  # fmt: skip
_FIELDS = ("purpose", "plate", "phone", "name", "host", "party_size")


@blueprint.get("/board")
@needs("staff")
@action("visits.read")
def board() -> Response:
    """Everybody in the house, how long each has waited, who serves them (R1.3)."""
    return _show()


@blueprint.get("/board/lanes")
@needs("staff")
@action("visits.read")
def lanes() -> Response:
    """The live part of the board."""
    return _show(part=True)


@blueprint.post("/board/next")
@needs("staff")
@accepts(_FORM)
def call_next() -> Response:
    """Call whose turn it is; two receptionists never call the same visitor."""
    visit = actions.call_next()
    if visit is None:
        return _show(part=_by_htmx(), note=("", _word("nobody-left-to-call")))
    return _done(visit, "told-called")


@blueprint.post("/board/<string:visit_id>/<any(call, greet, take, complete, leave):step>")
@needs("staff")
@accepts(_FORM)
def move(visit_id: str, step: str) -> Response:
    """The next step of one visit. When somebody was faster the board says so where one pressed."""
    try:
        visit = _STEPS[step](visit_id, _seen())
    except Problem as problem:
        if problem.status not in _SAID_IN_PLACE:
            raise
        return _show(problem.status, part=_by_htmx(), note=(visit_id, _sentence(problem.code, problem.status)))
    return _done(visit, "told-called" if step == "call" else "told-done")


@blueprint.post("/board/<string:visit_id>/reveal")
@needs("staff")
@accepts(_FORM)
def reveal(visit_id: str) -> Response:
    """The whole phone of one visitor; who asked and why is written down."""
    reason = request.form.get("reason", "")
    if reason not in REASONS:
        raise Problem(422, "validation", errors=[("/reason", "field.choice")])
    return fragment("visits/_phone.html", WORDS, contact=actions.reveal(visit_id, reason))


@blueprint.get("/board/new")
@needs("staff")
@action("visits.check_in")
def newcomer() -> Response:
    """The form for somebody who checks in at the desk."""
    return _newcomer(200, {"purpose": "maintenance", "party_size": "1"}, {})


@blueprint.post("/board/new")
@needs("staff")
@accepts(_FORM)
def check_in() -> Response:
    """Check somebody in (R1.1). A fault comes back beside its field with what was typed."""
    given = {name: request.form.get(name, "").strip()[:100] for name in _FIELDS}
    told_notice = "notice" in request.form
    body: dict[str, Any] = {name: value for name, value in given.items() if value}
    people = given["party_size"]
    body["party_size"] = int(people) if people.isascii() and people.isdigit() else 0
    body |= {"consent": {"version": NOTICE, "purposes": []}, "occurred_at": clock.wire(clock.now())}
    try:
        loaded: Any = CheckInIn().load(body)
    except ma.ValidationError as error:
        found = error.normalized_messages()
        faults = {name: str(codes[0]) for name, codes in found.items() if isinstance(codes, list)}
        return _newcomer(422, {**given, "notice": told_notice}, faults or {"": "validation"})
    if not told_notice:
        return _newcomer(422, given, {"notice": "consent.version"})
    loaded.pop("consent")
    visit, ahead = actions.check_in(actions.Arrival(notice=NOTICE, **loaded))
    return redirect(f"{BOARD}?in={visit.ticket}&ahead={ahead.people}", 303)  # type: ignore[return-value]


@blueprint.get("/customers/<customer_id>/card")
@needs("staff")
@action("visits.read")
def customer_card(customer_id: str) -> Response:
    """What this branch knows of somebody's visits, for the page of a customer; nothing for a person unknown here."""
    now = clock.now()
    with reader() as session:
        found = queries.of_customer(session, customer_id, _IN_CARD)
        zone = branches.get(session, current_branch()).zone
    return fragment("visits/_customer.html", WORDS, visits=found, said=Saying(zone, now, words(page_language(), WORDS)))


@blueprint.get("/wall")
@needs("staff")
@action("visits.read")
def wall() -> Response:
    """Tickets on a screen: nothing there says who anybody is."""
    return _show(screen="wall")


@blueprint.get("/wall/tickets")
@needs("staff")
@action("visits.read")
def wall_tickets() -> Response:
    """The live part of the wall."""
    return _show(screen="wall", part=True)


def _show(
    status: int = 200, *, part: bool = False, screen: str = "board", note: tuple[str, str] | None = None
) -> Response:
    now = clock.now()
    with reader() as session:
        found = cards.board(session, now)
    answer = fragment if part else page
    ticket, ahead = request.args.get("in", ""), request.args.get("ahead", "")
    entered = (ticket, ahead) if ticket.isalnum() and len(ticket) <= 12 and ahead.isdigit() else None
    return answer(
        f"visits/_{screen}.html" if part else f"visits/{screen}.html", WORDS, status, board=found, note=note,
        may=current_actor().permissions, said=Saying(found.place.zone, now, words(page_language(), WORDS)),
        reasons=REASONS, entered=entered if not part else None,
    )  # fmt: skip


def _done(visit: Visit, said: str) -> Response:
    if not _by_htmx():
        return redirect(BOARD, 303)  # type: ignore[return-value]
    return told(_show(part=True), _word(said, ticket=visit.ticket))


def _newcomer(status: int, given: dict[str, Any], faults: dict[str, str]) -> Response:
    return page(
        "visits/newcomer.html", WORDS, status, given=given, purposes=PURPOSES, version=NOTICE,
        errors={name: _sentence(code, status) for name, code in faults.items()},
    )  # fmt: skip


def _word(name: str, **values: Any) -> str:
    return words(page_language(), WORDS)(name, **values)


def _sentence(code: str, status: int) -> str:
    wording, language = runtime().wording, page_language()
    return wording.field(code, language, {}) if code in wording.fields else wording.problem(
        code, status, language, {}
    )[1]  # fmt: skip


def _by_htmx() -> bool:
    return "HX-Request" in request.headers


def _seen() -> int | None:
    version = request.form.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 9 else None
