"""Repair orders by API: opened for a visit, taken through the workshop, promised and handed over."""

from __future__ import annotations

from typing import Any

from services.appointments.repair_orders import actions, queries
from services.appointments.repair_orders.model import RepairOrder
from services.appointments.repair_orders.schemas import (
    OPEN_EXAMPLE,
    PROMISE_EXAMPLE,
    OpenIn,
    OrdersOut,
    OrdersQuery,
    PromiseIn,
    RepairOrderOut,
    RepairOrderWithLedgerOut,
)
from shared.access import action, needs
from shared.db import reader
from shared.http import Blueprint, decode_cursor, encode_cursor, etag, idempotent, seen_if_said

blueprint = Blueprint(
    "repair_orders", __name__, url_prefix="/api/v1/repair-orders", description="工单 · repair orders and promised times"
)


@blueprint.route("", methods=["POST"])
@needs("staff")
@blueprint.arguments(OpenIn, example=OPEN_EXAMPLE)
@idempotent
@blueprint.response(201, RepairOrderOut)
@blueprint.gives(409, "repair_order.exists")
@blueprint.gives(422, "unknown-reference")
def open_order(body: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    """Open a repair order for a visit of this branch; with ``promised_at`` the first promise is made at once."""
    return _versioned(actions.open_order(**body))


@blueprint.route("/<repair_order_id>/check-in", methods=["POST"])
@needs("staff")
@idempotent
@blueprint.response(200, RepairOrderOut)
@blueprint.gives(409, "repair_order.state")
def check_in(repair_order_id: str) -> tuple[Any, dict[str, str]]:
    """The car is taken over."""
    return _versioned(actions.check_in(repair_order_id, seen_if_said()))


@blueprint.route("/<repair_order_id>/start-work", methods=["POST"])
@needs("staff")
@idempotent
@blueprint.response(200, RepairOrderOut)
@blueprint.gives(409, "repair_order.state")
def start_work(repair_order_id: str) -> tuple[Any, dict[str, str]]:
    """Work on the car begins, or goes on after a wait."""
    return _versioned(actions.start_work(repair_order_id, seen_if_said()))


@blueprint.route("/<repair_order_id>/ready", methods=["POST"])
@needs("staff")
@idempotent
@blueprint.response(200, RepairOrderOut)
@blueprint.gives(409, "repair_order.state")
def ready(repair_order_id: str) -> tuple[Any, dict[str, str]]:
    """The car can be fetched."""
    return _versioned(actions.finish(repair_order_id, seen_if_said()))


@blueprint.route("/<repair_order_id>/hand-over", methods=["POST"])
@needs("staff")
@idempotent
@blueprint.response(200, RepairOrderOut)
@blueprint.gives(409, "repair_order.state")
def hand_over(repair_order_id: str) -> tuple[Any, dict[str, str]]:
    """The customer has the car back. ``on_time`` is measured by the first promise, null without one."""
    return _versioned(actions.hand_over(repair_order_id, seen_if_said()))


@blueprint.route("/<repair_order_id>/promises", methods=["POST"])
@needs("staff")
@blueprint.arguments(PromiseIn, example=PROMISE_EXAMPLE)
@idempotent
@blueprint.response(201, RepairOrderWithLedgerOut)
@blueprint.gives(409, "repair_order.state")
def promise(body: dict[str, Any], repair_order_id: str) -> tuple[Any, dict[str, str]]:
    """Promise a time of completion, or another one (a later one is a slip). Answers with the whole ledger."""
    order, _ = actions.promise(repair_order_id, **body, seen=seen_if_said())
    return _with_ledger(order)


@blueprint.route("")
@needs("staff")
@action("repair_orders.read")
@blueprint.arguments(OrdersQuery, location="query")
@blueprint.response(200, OrdersOut)
def list_orders(query: dict[str, Any]) -> dict[str, Any]:
    """Orders of this branch in the order of opening."""
    cursor, limit = decode_cursor(query["after"], str), query["limit"]
    statuses = (query["status"],) if query["status"] else ()
    with reader() as session:
        found = queries.page(session, limit + 1, cursor[0] if cursor else None, statuses, query["visit_id"])
    shown = found[:limit]
    return {"repair_orders": shown, "next": encode_cursor(shown[-1].id) if len(found) > limit else None}


@blueprint.route("/<repair_order_id>")
@needs("staff")
@action("repair_orders.read")
@blueprint.response(200, RepairOrderWithLedgerOut)
def one_order(repair_order_id: str) -> tuple[Any, dict[str, str]]:
    """One order with every time that was promised."""
    with reader() as session:
        return _with_ledger(queries.get(session, repair_order_id))


def _versioned(order: RepairOrder) -> tuple[Any, dict[str, str]]:
    return order, {"ETag": etag(order.version)}


def _with_ledger(order: RepairOrder) -> tuple[Any, dict[str, str]]:
    with reader() as session:
        ledger = queries.promises(session, order.id)
    shown = {name: getattr(order, name) for name in _SHOWN}
    return {**shown, "promises": ledger}, {"ETag": etag(order.version)}


_SHOWN = tuple(field.attribute or name for name, field in RepairOrderOut().fields.items())
