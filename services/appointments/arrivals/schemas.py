"""What goes out about arrivals."""

from __future__ import annotations

import marshmallow as ma

from shared.http import Instant, Limit, OutputSchema, QuerySchema


class ArrivalOut(OutputSchema):
    """Somebody in the house, by ids: names and plates are reception's to show."""

    shows = {"ticket": "A007", "status": "waiting", "purpose": "maintenance", "served_by": None}
    visit_id = ma.fields.String(required=True)
    ticket = ma.fields.String(required=True)
    purpose = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    party_size = ma.fields.Integer(required=True)
    customer_id = ma.fields.String(required=True, allow_none=True)
    vehicle_id = ma.fields.String(required=True, allow_none=True)
    served_by = ma.fields.String(required=True, allow_none=True)
    local_date = ma.fields.Date(required=True)
    checked_in_at = Instant(required=True)
    called_at = Instant(required=True, allow_none=True)
    greeted_at = Instant(required=True, allow_none=True)
    serving_started_at = Instant(required=True, allow_none=True)


class ArrivalsQuery(QuerySchema):
    """A page of the list."""

    after = ma.fields.String(load_default=None)
    limit = Limit()


class ArrivalsOut(OutputSchema):
    """One page; ``next`` is the cursor of the following one."""

    arrivals = ma.fields.List(ma.fields.Nested(ArrivalOut), required=True)
    next = ma.fields.String(required=True, allow_none=True)
