"""The advisor's desk, the workshop's board and the page of one repair order. Every page works without a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session

from services.appointments import people
from services.appointments.repair_orders import actions, cards, history, queries
from services.appointments.repair_orders.model import REASONS, RepairOrder
from services.appointments.repair_orders.words import WORDS
from shared import clock
from shared.access import action, current_actor, needs
from shared.db import reader
from shared.http import accepts
from shared.http.problems import Problem
from shared.i18n.pages import words
from shared.runtime import runtime
from shared.web.frame import fragment, page, page_language, told
from shared.web.saying import Saying

blueprint = Blueprint("desk", __name__, template_folder="templates")
_FORM = "application/x-www-form-urlencoded"
_MINUTE = "%Y-%m-%dT%H:%M"
# What can come back to somebody who works: shown where they pressed, with the state that holds now.
_SAID_IN_PLACE = (409, 412, 422)
_IN_CARD = 30
_STEPS: dict[str, Callable[[str, int | None], RepairOrder]] = {
    "check-in": actions.check_in,
    "start-work": actions.start_work,
    "ready": actions.finish,
    "hand-over": actions.hand_over,
}


# -- pages and the parts of them that are fetched again


@blueprint.get("/desk")
@needs("staff")
@action("repair_orders.read")
def desk() -> Response:
    """Who came, and one's own orders (P4.1, P5.1)."""
    return _show("desk")


@blueprint.get("/desk/board")
@needs("staff")
@action("repair_orders.read")
def desk_board() -> Response:
    """The live part of the desk."""
    return _show("desk", part=True)


@blueprint.get("/workshop")
@needs("staff")
@action("repair_orders.read")
def workshop() -> Response:
    """The states of the orders as lanes (P5.1)."""
    return _show("workshop")


@blueprint.get("/workshop/lanes")
@needs("staff")
@action("repair_orders.read")
def workshop_lanes() -> Response:
    """The live part of the workshop's board."""
    return _show("workshop", part=True)


@blueprint.get("/workshop/wall")
@needs("staff")
@action("repair_orders.read")
def wall() -> Response:
    """The same for a screen on the wall: numbers and times, nothing that says whose car it is."""
    return _show("wall")


@blueprint.get("/workshop/wall/lanes")
@needs("staff")
@action("repair_orders.read")
def wall_lanes() -> Response:
    """The live part of the wall."""
    return _show("wall", part=True)


@blueprint.get("/repair-orders/<repair_order_id>")
@needs("staff")
@action("repair_orders.read")
def order(repair_order_id: str) -> Response:
    """One order: who, which car, how far, every promise, what happened when."""
    return _show("order", order_id=repair_order_id)


@blueprint.get("/repair-orders/<repair_order_id>/state")
@needs("staff")
@action("repair_orders.read")
def order_state(repair_order_id: str) -> Response:
    """The live part of one order's page."""
    return _show("order", order_id=repair_order_id, part=True)


@blueprint.get("/customers/<customer_id>/card")
@needs("staff")
@action("repair_orders.read")
def customer_card(customer_id: str) -> Response:
    """What this branch has to do with somebody: orders under way first. An unknown person has an empty card."""
    with reader() as session:
        found = cards.of_orders(session, queries.of_customer(session, customer_id, _IN_CARD), clock.now())
        said = _words(session)
    return fragment("repair_orders/_customer.html", WORDS, cards=found, **said)


# -- what one does there


@blueprint.post("/desk/arrivals/<visit_id>/open")
@needs("staff")
@accepts(_FORM)
def open_order(visit_id: str) -> Response:
    """One touch: the visit has an order, and it is mine."""
    return _do("desk", visit_id, lambda: actions.open_order(visit_id), "said-opened")


@blueprint.post("/repair-orders/<repair_order_id>/<any('check-in', 'start-work', 'ready', 'hand-over'):step>")
@needs("staff")
@accepts(_FORM)
def take_on(repair_order_id: str, step: str) -> Response:
    """Move an order on; whoever was slower is told so on the card."""
    at = request.form.get("at", "")
    where = at if at in ("desk", "workshop") else "order"
    return _do(where, repair_order_id, lambda: _STEPS[step](repair_order_id, _seen()), f"said-{step}")


@blueprint.get("/repair-orders/<repair_order_id>/promise")
@needs("staff")
@action("repair_orders.read")
def promise_form(repair_order_id: str) -> Response:
    """The small form in which a time is promised."""
    return _promise(repair_order_id)


@blueprint.post("/repair-orders/<repair_order_id>/promise")
@needs("staff")
@accepts(_FORM)
def promise(repair_order_id: str) -> Response:
    """Promise a time, or another one with its reason (P5.3); faults come back beside their fields."""
    given = {name: request.form.get(name, "")[:40] for name in ("promised_at", "reason")}
    with reader() as session:
        zone = cards.place(session).zone
    faults: dict[str, str] = {} if given["reason"] in REASONS else {"reason": "field.required"}
    moment = _moment(given["promised_at"], zone)
    if moment is None:
        faults["promised_at"] = "time.format" if given["promised_at"] else "field.required"
    if faults or moment is None:
        return _promise(repair_order_id, given, faults, 422)
    try:
        _, line = actions.promise(repair_order_id, moment, given["reason"], _seen())
    except Problem as problem:
        if problem.status not in _SAID_IN_PLACE:
            raise
        faults = {fault.pointer[1:]: fault.code for fault in problem.errors} or {"": problem.code}
        return _promise(repair_order_id, given, faults, problem.status)
    if not _by_htmx():
        return redirect(url_for(".order", repair_order_id=repair_order_id), 303)  # type: ignore[return-value]
    word = words(page_language(), WORDS)
    said = word(f"said-{line.kind}", time=Saying(zone, clock.now(), word).time(moment))
    return told(Response(status=204), said)


# -- showing


def _show(where: str, status: int = 200, *, part: bool = False, order_id: str = "", note: Any = None) -> Response:
    """The page ``where`` or its live part; ``note``: (about what, the sentence) of what could not be done."""
    with reader() as session:
        values = {**_VALUES[where](session, order_id), **_words(session)}
    live = f"repair_orders/_{where}.html"
    if part:
        return fragment(live, WORDS, status, note=note, **values)
    return page(f"repair_orders/{where}.html", WORDS, status, note=note, live=live, **values)


def _desk_values(session: Session, _: str) -> dict[str, Any]:
    now, actor = clock.now(), current_actor()
    may_open = "repair_orders.open" in actor.permissions
    whose = request.values.get("of", "mine" if may_open else "all")
    under_way = queries.under_way(session, cards.MOST)
    wanted = [each for each in under_way if whose == "all" or each.advisor_id == actor.id]
    return {
        "arrivals": cards.of_arrivals(session, under_way, now) if "arrivals.read" in actor.permissions else [],
        "cards": cards.of_orders(session, wanted, now),
        "whose": "all" if whose == "all" else "mine",
        "others": len(under_way) - len(wanted),
        "may_open": may_open,
    }


def _lanes_values(session: Session, _: str) -> dict[str, Any]:
    found = cards.of_orders(session, queries.under_way(session, cards.MOST), clock.now())
    return {"lanes": cards.lanes(found), "late": sum(card.late for card in found), "count": len(found)}


def _order_values(session: Session, order_id: str) -> dict[str, Any]:
    found = queries.get(session, order_id)
    (card,) = cards.of_orders(session, [found], clock.now())
    ledger = queries.promises(session, order_id)
    return {"card": card, "ledger": ledger, "history": history.of(found, ledger), "labels": _labels(session, ledger)}


def _labels(session: Session, ledger: list[Any]) -> dict[str, str]:
    found = people.labels_of(session, {line.made_by.removeprefix("staff/") for line in ledger})
    return {f"staff/{staff_id}": label for staff_id, label in found.items()}


_VALUES = {"desk": _desk_values, "workshop": _lanes_values, "wall": _lanes_values, "order": _order_values}


def _words(session: Session) -> dict[str, Any]:
    zone = cards.place(session).zone
    return {"said": Saying(zone, clock.now(), words(page_language(), WORDS))}


def _promise(
    order_id: str, given: dict[str, str] | None = None, faults: dict[str, str] | None = None, status: int = 200
) -> Response:
    with reader() as session:
        found = queries.get(session, order_id)
        (card,) = cards.of_orders(session, [found], clock.now())
        values = {
            "card": card,
            "reasons": [reason for reason in REASONS if found.promised_at is None or reason != "opening"],
            "given": given or {"promised_at": "", "reason": "opening" if found.promised_at is None else ""},
            "errors": {name: _sentence(code, status) for name, code in (faults or {}).items()},
            "offers": cards.offers(found, cards.place(session), clock.now()),
            **_words(session),
        }
    answer = fragment if _by_htmx() else page
    template = "repair_orders/_promise.html" if _by_htmx() else "repair_orders/promise.html"
    return answer(template, WORDS, status, **values)


# -- doing


def _do(where: str, about: str, deed: Callable[[], Any], said: str) -> Response:
    """Do it and show what holds then: the live part for htmx, the page by another request for everybody else."""
    order_id = about if where == "order" else ""
    try:
        done = deed()
    except Problem as problem:
        if problem.status not in _SAID_IN_PLACE:
            raise
        code = problem.errors[0].code if problem.errors else problem.code
        note = (about, _sentence(code, problem.status))
        return _show(where, problem.status, part=_by_htmx(), order_id=order_id, note=note)
    if not _by_htmx():
        whose = {"of": request.form["of"]} if "of" in request.form else {}
        ids = {"repair_order_id": order_id} if order_id else whose
        return redirect(url_for(f".{where}", **ids), 303)  # type: ignore
    sentence = words(page_language(), WORDS)(said, number=done.number)
    return told(_show(where, part=True, order_id=order_id), sentence)


def _by_htmx() -> bool:
    return "HX-Request" in request.headers


def _seen() -> int | None:
    version = request.form.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 9 else None


def _sentence(code: str, status: int) -> str:
    wording, language = runtime().wording, page_language()
    return wording.field(code, language, {}) if code in wording.fields else wording.problem(
        code, status, language, {}
    )[1]  # fmt: skip


def _moment(text: str, zone: str) -> datetime | None:
    """The instant that the branch's wall clock shows then."""
    try:
        wall = datetime.strptime(text, _MINUTE).replace(tzinfo=ZoneInfo(zone))
        return clock.parse(wall.isoformat(timespec="microseconds"))
    except (ValueError, OverflowError):
        return None
