"""What comes in and goes out about visits. Names outside clients rely on stand here."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from services.reception import customers
from services.reception.visits.lines import Ahead
from services.reception.visits.model import PURPOSES, STATUSES, NewVisit, Visit
from shared.http import Choice, Code, Day, Identity, InputSchema, Instant, Limit, OutputSchema, QuerySchema, Text, Whole
from shared.http.fields import FieldFault
from shared.privacy import Revealed

EXAMPLE = {
    "purpose": "maintenance", "name": "欧阳娜娜", "phone": "13812345678", "plate": "京A12345", "party_size": 2,
    "consent": {"version": "2026-09", "purposes": ["reminders"]}, "occurred_at": "2026-11-23T10:00:00+08:00",
}  # fmt: skip


def _all_different(values: list[Any]) -> None:
    if len(set(values)) != len(values):
        raise FieldFault("list.repeated")


class ConsentIn(InputSchema):
    """The notice that was shown. That its version is there is asked for by the door, with a problem of its own."""

    version = Text(40, empty=True, allow_none=True, load_default=None)
    purposes = ma.fields.List(
        Choice(customers.PURPOSES), load_default=list,
        validate=[validate.Length(max=len(customers.PURPOSES)), _all_different],
    )  # fmt: skip


class CheckInIn(InputSchema):
    """A check-in, as a kiosk or the desk sends it."""

    purpose = Choice(PURPOSES, required=True)
    name = customers.NameField(allow_none=True, load_default=None)
    phone = customers.PhoneField(allow_none=True, load_default=None)
    plate = customers.PlateField(allow_none=True, load_default=None)
    party_size = Whole(1, 99, load_default=1)
    host = Text(
        64, allow_none=True, load_default=None, metadata={"description": "Whom or which department they came for."}
    )
    source = Code(40, allow_none=True, load_default=None)
    consent = ma.fields.Nested(
        ConsentIn, allow_none=True, load_default=None,
        metadata={"description": "Needed: without a version the answer is the problem consent-required."},
    )  # fmt: skip
    occurred_at = Instant(required=True)
    sent_at = Instant(
        allow_none=True, load_default=None, metadata={"description": "The device's clock at the moment of sending."}
    )


class WaitOut(OutputSchema):
    """Between which minutes the turn comes."""

    shows = {"low_minutes": 10, "high_minutes": 20}
    low_minutes = ma.fields.Integer(required=True)
    high_minutes = ma.fields.Integer(required=True)


class TicketOut(OutputSchema):
    """All that a kiosk learns."""

    shows = {"ticket": "A007", "status": "waiting", "people_ahead": 2}
    visit_id = ma.fields.String(required=True)
    ticket = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    people_ahead = ma.fields.Integer(required=True)
    wait = ma.fields.Nested(WaitOut, required=True, allow_none=True)


class VisitOut(OutputSchema):
    """A visit as the desk sees it; the phone is masked, `POST …/reveal` shows it."""

    shows = {
        "ticket": "A007", "status": "waiting", "purpose": "maintenance", "plate": "京A12345", "door": "kiosk",
        "served_by": None,
    }  # fmt: skip
    visit_id = ma.fields.String(required=True)
    ticket = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    purpose = ma.fields.String(required=True)
    priority = ma.fields.Integer(required=True)
    party_size = ma.fields.Integer(required=True)
    name = customers.name_out(required=True, allow_none=True)
    phone = customers.phone_out(required=True, allow_none=True)
    plate = customers.plate_out(required=True, allow_none=True)
    customer_id = ma.fields.String(required=True, allow_none=True)
    vehicle_id = ma.fields.String(required=True, allow_none=True)
    host = ma.fields.String(required=True, allow_none=True)
    source = ma.fields.String(required=True, allow_none=True)
    door = ma.fields.String(required=True)
    late = ma.fields.Boolean(required=True)
    local_date = ma.fields.Date(required=True)
    checked_in_at = Instant(required=True)
    called_at = Instant(required=True, allow_none=True)
    greeted_at = Instant(required=True, allow_none=True)
    serving_started_at = Instant(required=True, allow_none=True)
    completed_at = Instant(required=True, allow_none=True)
    left_at = Instant(required=True, allow_none=True)
    served_by = ma.fields.String(required=True, allow_none=True)
    version = ma.fields.Integer(required=True)


class VisitorOut(OutputSchema):
    """Who a visit is of, whole: who asked has been written down."""

    visit_id = ma.fields.String(required=True)
    name = Revealed(purpose=customers.PURPOSE, required=True, allow_none=True)
    phone = Revealed(purpose=customers.PURPOSE, required=True, allow_none=True)
    plate = Revealed(purpose=customers.PURPOSE, required=True, allow_none=True)


class BoardQuery(QuerySchema):
    """Which visits of which day; without ``date`` today's, without ``status`` all."""

    date = Day(load_default=None)
    status = Choice(STATUSES, load_default=None)
    after = ma.fields.String(load_default=None)
    limit = Limit()


class BoardOut(OutputSchema):
    """One page of the board."""

    visits = ma.fields.List(ma.fields.Nested(VisitOut), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class ServeIn(InputSchema):
    """Who serves; without it whoever asks."""

    staff_id = Identity(allow_none=True, load_default=None)


def ticket_out(visit: Visit | NewVisit, ahead: Ahead) -> dict[str, Any]:
    """The answer to a check-in: the ticket and the wait, nothing of the person."""
    wait = None
    if ahead.low_minutes is not None:
        wait = {"low_minutes": ahead.low_minutes, "high_minutes": ahead.high_minutes}
    return {
        "visit_id": visit.id, "ticket": visit.ticket, "status": visit.status, "people_ahead": ahead.people,
        "wait": wait,
    }  # fmt: skip
