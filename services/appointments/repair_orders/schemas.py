"""What comes in and goes out about repair orders."""

from __future__ import annotations

import marshmallow as ma

from services.appointments.repair_orders.model import REASONS
from services.appointments.repair_orders.stages import STAGES
from shared.http import Choice, Identity, InputSchema, Instant, Limit, OutputSchema, QuerySchema

OPEN_EXAMPLE = {
    "visit_id": "019aafff-1111-7a51-8a01-0d5f3a2b1c02",
    "promised_at": "2026-11-23T16:00:00+08:00",
    "reason": "opening",
}
PROMISE_EXAMPLE = {"promised_at": "2026-11-23T17:00:00+08:00", "reason": "parts"}


class OpenIn(InputSchema):
    """For which visit, and the first promised time if there is one."""

    visit_id = Identity(required=True)
    promised_at = Instant(allow_none=True, load_default=None)
    reason = Choice(REASONS, allow_none=True, load_default=None)


class PromiseIn(InputSchema):
    """Another time, and why."""

    promised_at = Instant(required=True)
    reason = Choice(REASONS, required=True)


class PromiseOut(OutputSchema):
    """One line of the ledger."""

    shows = {"kind": "first", "reason": "opening", "previous_promised_at": None}
    promise_id = ma.fields.String(required=True, attribute="id")
    kind = ma.fields.String(required=True)
    promised_at = Instant(required=True)
    previous_promised_at = Instant(required=True, allow_none=True)
    reason = ma.fields.String(required=True)
    made_at = Instant(required=True)
    made_by = ma.fields.String(required=True)


class RepairOrderOut(OutputSchema):
    """A repair order; its version is its ETag."""

    shows = {"number": "RO-20261123-0007", "status": "opened"}
    repair_order_id = ma.fields.String(required=True, attribute="id")
    number = ma.fields.String(required=True)
    status = ma.fields.String(required=True)
    visit_id = ma.fields.String(required=True, allow_none=True)
    customer_id = ma.fields.String(required=True, allow_none=True)
    vehicle_id = ma.fields.String(required=True, allow_none=True)
    advisor_id = ma.fields.String(required=True, allow_none=True)
    opened_at = Instant(required=True)
    checked_in_at = Instant(required=True, allow_none=True)
    work_started_at = Instant(required=True, allow_none=True)
    ready_at = Instant(required=True, allow_none=True)
    handed_over_at = Instant(required=True, allow_none=True)
    first_promised_at = Instant(required=True, allow_none=True)
    promised_at = Instant(required=True, allow_none=True)
    on_time = ma.fields.Boolean(required=True, allow_none=True)
    version = ma.fields.Integer(required=True)


class RepairOrderWithLedgerOut(RepairOrderOut):
    """The same with every time that was promised."""

    promises = ma.fields.List(ma.fields.Nested(PromiseOut), required=True)


class OrdersQuery(QuerySchema):
    """Which orders."""

    status = Choice(STAGES, load_default=None)
    visit_id = Identity(load_default=None)
    after = ma.fields.String(load_default=None)
    limit = Limit()


class OrdersOut(OutputSchema):
    """One page; ``next`` is the cursor of the following one."""

    repair_orders = ma.fields.List(ma.fields.Nested(RepairOrderOut), required=True)
    next = ma.fields.String(required=True, allow_none=True)
