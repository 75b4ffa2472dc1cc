"""What a repair order tells the other services: its full state each time, ids and codes only."""

from __future__ import annotations

from datetime import datetime

from services.appointments.repair_orders.model import Promise, RepairOrder
from shared.clock import wire
from shared.events import NewEvent


def _told(name: str, order: RepairOrder, occurred_at: datetime) -> NewEvent:
    """``occurred_at`` is when this fact happened, ``local_date`` the branch's day of it."""
    return NewEvent(
        type=f"appointments.repair_order.{name}.v1",
        subject=f"repair_order/{order.id}",
        branch=order.branch_id,
        version=order.version,
        data={
            "repair_order_id": order.id,
            "branch": order.branch_id,
            "number": order.number,
            "visit_id": order.visit_id,
            "customer_id": order.customer_id,
            "vehicle_id": order.vehicle_id,
            "status": order.status,
            "opened_at": wire(order.opened_at),
            "checked_in_at": _at(order.checked_in_at),
            "work_started_at": _at(order.work_started_at),
            "ready_at": _at(order.ready_at),
            "handed_over_at": _at(order.handed_over_at),
            "local_date": order.local_date.isoformat(),
            "occurred_at": wire(occurred_at),
            "advisor_id": order.advisor_id,
            "first_promised_at": _at(order.first_promised_at),
            "promised_at": _at(order.promised_at),
            "on_time": order.on_time,
        },
    )


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else wire(instant)


def repair_order_opened(order: RepairOrder, occurred_at: datetime) -> NewEvent:
    """An order exists, a draft still."""
    return _told("opened", order, occurred_at)


def repair_order_checked_in(order: RepairOrder, occurred_at: datetime) -> NewEvent:
    """The car is in the branch's hands."""
    return _told("checked_in", order, occurred_at)


def repair_order_work_started(order: RepairOrder, occurred_at: datetime) -> NewEvent:
    """Somebody works on the car (again)."""
    return _told("work_started", order, occurred_at)


def repair_order_ready(order: RepairOrder, occurred_at: datetime) -> NewEvent:
    """The car can be fetched."""
    return _told("ready", order, occurred_at)


def repair_order_handed_over(order: RepairOrder, occurred_at: datetime) -> NewEvent:
    """The customer has the car back: followup's three days begin."""
    return _told("handed_over", order, occurred_at)


def promise_told(order: RepairOrder, promise: Promise) -> NewEvent:
    """``promise.made`` or ``promise.slipped``. Its subject is the order, whose version it carries."""
    return NewEvent(
        type=f"appointments.promise.{promise.kind}.v1",
        subject=f"repair_order/{order.id}",
        branch=order.branch_id,
        version=order.version,
        data={
            "repair_order_id": order.id,
            "promise_id": promise.id,
            "branch": order.branch_id,
            "promised_at": wire(promise.promised_at),
            "previous_promised_at": _at(promise.previous_promised_at),
            "reason": promise.reason,
            "occurred_at": wire(promise.made_at),
        },
    )
