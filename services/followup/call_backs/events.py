"""What a call-back tells the other services: its full state each time, ids and codes; no word that was spoken."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.followup.call_backs.model import Attempt, FollowUp
from shared.clock import local_date, wire
from shared.events import NewEvent


def _told(name: str, call: FollowUp, occurred_at: datetime, zone: str, more: dict[str, Any] | None = None) -> NewEvent:
    """``local_date`` is the branch's day of ``occurred_at``; ``due_date`` its day of ``due_at``."""
    return NewEvent(
        type=f"followup.follow_up.{name}.v1",
        subject=f"follow_up/{call.id}",
        branch=call.branch_id,
        version=call.version,
        data={
            "follow_up_id": call.id,
            "branch": call.branch_id,
            "kind": call.kind,
            "repair_order_id": call.repair_order_id,
            "customer_id": call.customer_id,
            "handed_over_at": wire(call.handed_over_at),
            "due_at": wire(call.due_at),
            "due_date": call.due_date.isoformat(),
            "local_date": local_date(occurred_at, zone).isoformat(),
            "rule": call.rule,
            "exception": call.exception,
            "status": call.status,
            "attempts": call.attempts,
            "occurred_at": wire(occurred_at),
            **(more or {}),
        },
    )


def follow_up_due(call: FollowUp, zone: str) -> NewEvent:
    """A call-back is to be made; it follows from the handover, so that is when it happened."""
    return _told("due", call, call.handed_over_at, zone)


def follow_up_moved(call: FollowUp, before: datetime, reason: str, at: datetime, zone: str) -> NewEvent:
    """It is due at another time: ``customer_asked``, ``branch_changed`` (its public holidays, its zone) or
    ``hours_changed``.
    """
    return _told("moved", call, at, zone, {"previous_due_at": wire(before), "reason": reason})


def follow_up_attempted(call: FollowUp, attempt: Attempt, zone: str) -> NewEvent:
    """Somebody called."""
    more = {
        "attempt_no": attempt.number,
        "outcome": attempt.outcome,
        "attempted_at": wire(attempt.attempted_at),
        "by": attempt.attempted_by,
    }
    return _told("attempted", call, attempt.attempted_at, zone, more)


def follow_up_closed(call: FollowUp, at: datetime, zone: str) -> NewEvent:
    """The record is complete, or there is nobody left to call (``at`` is ``closed_at``)."""
    more = {"closed_at": wire(at), "result": call.result, "on_time": call.on_time, "next_step": call.next_step}
    return _told("closed", call, at, zone, more)
