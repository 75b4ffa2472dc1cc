"""Check-ins from kiosk and desk, and the board of the branch's staff."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response

from services.reception import customers
from services.reception.visits import actions, queries
from services.reception.visits.model import Visit
from services.reception.visits.schemas import (
    EXAMPLE,
    BoardOut,
    BoardQuery,
    CheckInIn,
    ServeIn,
    TicketOut,
    VisitorOut,
    VisitOut,
    ticket_out,
)
from shared import branches, clock
from shared.access import needs, needs_any
from shared.db import current_branch, reader
from shared.http import (
    Blueprint,
    Problem,
    concerns,
    decode_cursor,
    encode_cursor,
    etag,
    idempotent,
    seen_if_said,
    versionless,
)
from shared.privacy import REVEAL_EXAMPLE, RevealIn

check_ins = Blueprint("check_ins", __name__, url_prefix="/api/v1/check-ins", description="Checking in")
visits = Blueprint("visits", __name__, url_prefix="/api/v1/visits", description="The board")
blueprint = [check_ins, visits]

# Longer than a kiosk without network keeps what it could not send.
REPEATABLE_FOR = timedelta(days=32)


@check_ins.route("", methods=["POST"])
@needs_any(("kiosk", "check_ins"), ("staff", None))
@check_ins.arguments(CheckInIn, example=EXAMPLE)
@idempotent(ignore=("sent_at",), kept=REPEATABLE_FOR)
@check_ins.response(201, TicketOut)
@check_ins.gives(422, "consent-required", "clock-skew")
def check_in(given):
    """A visitor checks in and gets a ticket; a second check-in of an open visit gets that visit's ticket."""
    consent = given.pop("consent") or {}
    if not consent.get("version"):
        raise Problem(422, "consent-required", errors=[{"pointer": "/consent/version", "code": "consent.version"}])
    visit, ahead = actions.check_in(
        actions.Arrival(notice=consent["version"], agreed=tuple(consent["purposes"]), **given)
    )
    if visit.customer_id:
        concerns(f"customer/{visit.customer_id}")
    return ticket_out(visit, ahead)


@visits.route("", methods=["GET"])
@needs("staff")
@visits.arguments(BoardQuery, location="query")
@visits.response(200, BoardOut)
def board(query):
    """The visits of a day in the order of their turn."""
    cursor = decode_cursor(query["after"], int, str, int)
    after = (cursor[0], clock.parse(cursor[1]), cursor[2]) if cursor else None
    with reader() as session:
        day = query["date"] or clock.local_date(clock.now(), branches.get(session, current_branch()).zone)
        found = queries.board(session, day, query["status"], after, query["limit"] + 1)
        shown = found[: query["limit"]]
        known = customers.contacts(session, [(each.customer_id, each.vehicle_id) for each in shown])
    more = None
    if len(found) > len(shown):
        priority, arrived, number = queries.place(shown[-1])
        more = encode_cursor(priority, clock.wire(arrived), number)
    return {"visits": [_shown(each, known[each.customer_id, each.vehicle_id]) for each in shown], "next": more}


@visits.route("/<visit_id>", methods=["GET"])
@needs("staff")
@visits.response(200, VisitOut)
def one(visit_id):
    """One visit of the branch."""
    with reader() as session:
        return _answer(queries.read(session, visit_id))


@visits.route("/call-next", methods=["POST"])
@needs("staff")
@idempotent
@visits.doc(responses={"204": {"description": "Nobody waits."}})
@visits.response(200, VisitOut)
def call_next():
    """Call whose turn it is; 204 when nobody waits."""
    visit = actions.call_next()
    return _answer(visit) if visit else Response(status=204)


@visits.route("/<visit_id>/call", methods=["POST"])
@needs("staff")
@idempotent
@visits.response(200, VisitOut)
@visits.gives(409, "visit.state")
def call(visit_id):
    """Call this ticket."""
    return _answer(actions.call(visit_id, seen_if_said()))


@visits.route("/<visit_id>/greet", methods=["POST"])
@needs("staff")
@idempotent
@visits.response(200, VisitOut)
@visits.gives(409, "visit.state")
def greet(visit_id):
    """The first human contact."""
    return _answer(actions.greet(visit_id, seen_if_said()))


@visits.route("/<visit_id>/serve", methods=["POST"])
@needs("staff")
@visits.arguments(ServeIn, example={"staff_id": "019aaffe-1111-7a51-8a01-0d5f3a2b1c0b"})
@idempotent
@visits.response(200, VisitOut)
@visits.gives(409, "visit.state")
@visits.gives(422, "unknown-reference")
def serve(given, visit_id):
    """Serving begins, by whoever asks unless the body names somebody else of the branch."""
    return _answer(actions.serve(visit_id, given["staff_id"], seen_if_said()))


@visits.route("/<visit_id>/complete", methods=["POST"])
@needs("staff")
@idempotent
@visits.response(200, VisitOut)
@visits.gives(409, "visit.state")
def complete(visit_id):
    """Served to the end."""
    return _answer(actions.complete(visit_id, seen_if_said()))


@visits.route("/<visit_id>/leave", methods=["POST"])
@needs("staff")
@idempotent
@visits.response(200, VisitOut)
@visits.gives(409, "visit.state")
def leave(visit_id):
    """Gone without having been served to the end."""
    return _answer(actions.leave(visit_id, seen_if_said()))


@visits.route("/<visit_id>/reveal", methods=["POST"])
@needs("staff")
@visits.arguments(RevealIn, example=REVEAL_EXAMPLE)
@idempotent(secret=True)
@versionless
@visits.response(200, VisitorOut)
def reveal(given, visit_id):
    """Name, phone and plate of a visit, whole; who asked, why and when is written down."""
    return {"visit_id": visit_id, **actions.reveal(visit_id, given["reason"])._asdict()}


def _answer(visit: Visit) -> tuple[dict[str, Any], int, dict[str, str]]:
    with reader() as session:
        known = customers.contacts(session, [(visit.customer_id, visit.vehicle_id)])
    return _shown(visit, known[visit.customer_id, visit.vehicle_id]), 200, {"ETag": etag(visit.version)}


def _shown(visit: Visit, contact: customers.Contact) -> dict[str, Any]:
    fields = {name: getattr(visit, name, None) for name in VisitOut().fields}
    return fields | {
        "visit_id": visit.id, "name": contact.name, "plate": contact.plate,
        "phone": contact.phone,
    }  # fmt: skip
