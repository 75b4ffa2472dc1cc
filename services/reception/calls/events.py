"""Facts about calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared import clock
from shared.events import NewEvent


def call_logged(call: Mapping[str, Any]) -> NewEvent:
    """``reception.call.logged.v1``: ``occurred_at`` is the call's, the event's ``time`` when it was written down."""
    return NewEvent(
        type="reception.call.logged.v1",
        subject=f"call/{call['id']}",
        branch=call["branch_id"],
        version=1,
        data={
            "call_id": call["id"],
            "branch": call["branch_id"],
            "external_id": call["external_id"],
            "agent_id": call["agent_id"],
            "occurred_at": clock.wire(call["occurred_at"]),
            "local_date": call["local_date"].isoformat(),
            "direction": call["direction"],
            "topic": call["topic"],
            "answered": call["answered"],
            "resolved": call["resolved"],
            "answer_seconds": call["answer_seconds"],
            "talk_seconds": call["talk_seconds"],
            "rating": call["rating"],
            "customer_id": call["customer_id"],
            "imported": call["imported"],
        },
    )
