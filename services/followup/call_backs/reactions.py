"""What facts of other services do to call-backs. Whatever is heard first, the same calls are due at the same times."""

from __future__ import annotations

from typing import Any

from services.followup.call_backs import actions
from shared import clock
from shared.events import Event, Handlers

handlers = Handlers()


@handlers.reaction("call_backs.plan", "appointments.repair_order.handed_over.v1")
def on_repair_order_handed_over(event: Event) -> None:
    """The car is back with its owner: call within three days (F1.1)."""
    data: Any = event.data
    actions.plan(
        repair_order_id=event.subject_id,
        customer_id=data["customer_id"],
        vehicle_id=data["vehicle_id"],
        handed_over_at=clock.parse(data["handed_over_at"]),
        order=actions.Order(data["number"], clock.parse(data["opened_at"]), data["on_time"]),
    )


@handlers.reaction("call_backs.place_again", "reception.branch.changed.v1")
def on_branch_changed(event: Event) -> None:
    """Another zone or other holidays: the open calls are due at other times (F1.2)."""
    # Its subject is branch/<code>.
    actions.place_again(event.subject_id)


@handlers.reaction("call_backs.forget", "reception.customer.forgotten.v1")
def on_customer_forgotten(event: Event) -> None:
    """Nobody may call this person any more, and what was said about them goes."""
    actions.forget(event.subject_id)
