"""Call-backs by API: what is due, a call logged, the record completed."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from services.followup import contacts
from services.followup.call_backs import actions, queries
from services.followup.call_backs.model import OPEN, FollowUp
from services.followup.call_backs.schemas import (
    ATTEMPT_EXAMPLE,
    RECORD_EXAMPLE,
    AttemptIn,
    CallBacksOut,
    CallBacksQuery,
    CallBackWithCallsOut,
    PersonOut,
    RecordIn,
    call_back_out,
    form_of,
    with_calls,
)
from shared import clock
from shared.access import action, needs
from shared.db import reader
from shared.http import Blueprint, concerns, decode_cursor, encode_cursor, etag, idempotent, seen_if_said, versionless
from shared.privacy import REVEAL_EXAMPLE, RevealIn

blueprint = Blueprint(
    "call_backs", __name__, url_prefix="/api/v1/call-backs", description="三日回访 · calls after the handover"
)


@blueprint.route("")
@needs("staff")
@action("call_backs.read")
@blueprint.arguments(CallBacksQuery, location="query")
@blueprint.response(200, CallBacksOut)
def list_call_backs(query: dict[str, Any]) -> dict[str, Any]:
    """Call-backs of this branch, the soonest due first, each with whom to call."""
    cursor, limit = decode_cursor(query["after"], str, str), query["limit"]
    after = (clock.parse(cursor[0]), cursor[1]) if cursor else None
    with reader() as session:
        found = queries.page(session, limit + 1, query["state"], after)
        shown = _shown(session, found[:limit])
    last = found[limit - 1] if len(found) > limit else None
    return {"call_backs": shown, "next": encode_cursor(clock.wire(last.due_at), last.id) if last else None}


@blueprint.route("/<follow_up_id>")
@needs("staff")
@action("call_backs.read")
@blueprint.response(200, CallBackWithCallsOut)
def one_call_back(follow_up_id: str) -> tuple[Any, dict[str, str]]:
    """One call-back with every call made for it and its record."""
    with reader() as session:
        return _whole(session, queries.get(session, follow_up_id))


@blueprint.route("/<follow_up_id>/attempts", methods=["POST"])
@needs("staff")
@blueprint.arguments(AttemptIn, example=ATTEMPT_EXAMPLE)
@idempotent
@blueprint.response(201, CallBackWithCallsOut)
@blueprint.gives(409, "call_back.closed")
def log_attempt(body: dict[str, Any], follow_up_id: str) -> tuple[Any, dict[str, str]]:
    """Log a call made just now. The answer says when to try again (``next_try_at``), if at all."""
    call, _ = actions.log_attempt(follow_up_id, **body, seen=seen_if_said())
    return _answer(call)


@blueprint.route("/<follow_up_id>/record", methods=["POST"])
@needs("staff")
@blueprint.arguments(RecordIn, example=RECORD_EXAMPLE)
@idempotent
@blueprint.response(201, CallBackWithCallsOut)
@blueprint.gives(409, "call_back.closed")
@blueprint.gives(422, "record-incomplete")
def complete_record(body: dict[str, Any], follow_up_id: str) -> tuple[Any, dict[str, str]]:
    """Complete the record and close the call-back; 422 ``record-incomplete`` names everything that is missing."""
    call, _ = actions.complete(follow_up_id, form_of(body), seen_if_said())
    return _answer(call)


@blueprint.route("/<follow_up_id>/reveal", methods=["POST"])
@needs("staff")
@blueprint.arguments(RevealIn, example=REVEAL_EXAMPLE)
@idempotent(secret=True)
@versionless
@blueprint.response(200, PersonOut)
def reveal(given: dict[str, Any], follow_up_id: str) -> dict[str, Any]:
    """Name, phone and plate of whom to call, whole; who asked, why and when is written down."""
    card = actions.reveal(follow_up_id, given["reason"])
    return {"follow_up_id": follow_up_id, "name": card.name, "phone": card.phone, "plate": card.plate}


def _answer(call: FollowUp) -> tuple[Any, dict[str, str]]:
    if call.customer_id is not None:
        # The kept answer shows the customer's name: it goes when the person is forgotten.
        concerns(f"customer/{call.customer_id}")
    with reader() as session:
        return _whole(session, call)


def _whole(session: Session, call: FollowUp) -> tuple[Any, dict[str, str]]:
    (shown,) = _shown(session, [call])
    whole = with_calls(shown, queries.attempts(session, call.id), queries.form(session, call.id))
    return whole, {"ETag": etag(call.version)}


def _shown(session: Session, calls: list[FollowUp]) -> list[dict[str, Any]]:
    cards = contacts.cards_of(session, {(call.customer_id, call.vehicle_id) for call in calls})
    now = clock.now()
    return [
        call_back_out(call, cards[call.customer_id, call.vehicle_id], call.status == OPEN and call.due_at < now)
        for call in calls
    ]
