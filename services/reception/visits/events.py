"""What a visit tells the other services: its full state each time, ids and codes only."""

from __future__ import annotations

from datetime import datetime

from services.reception.visits.model import NewVisit, Visit
from shared.clock import wire
from shared.events import NewEvent


def _told(name: str, visit: Visit | NewVisit, occurred_at: datetime | None) -> NewEvent:
    """``occurred_at`` is when this fact happened; ``local_date`` is the day of the visit's ticket throughout."""
    return NewEvent(
        type=f"reception.visit.{name}.v1",
        subject=f"visit/{visit.id}",
        branch=visit.branch_id,
        version=visit.version,
        data={
            "visit_id": visit.id,
            "branch": visit.branch_id,
            "ticket": visit.ticket,
            "purpose": visit.purpose,
            "status": visit.status,
            "party_size": visit.party_size,
            "customer_id": visit.customer_id,
            "vehicle_id": visit.vehicle_id,
            "occurred_at": _at(occurred_at),
            "local_date": visit.local_date.isoformat(),
            "checked_in_at": wire(visit.checked_in_at),
            "called_at": _at(visit.called_at),
            "greeted_at": _at(visit.greeted_at),
            "serving_started_at": _at(visit.serving_started_at),
            "completed_at": _at(visit.completed_at),
            "left_at": _at(visit.left_at),
            "served_by": visit.served_by,
            "door": visit.door,
            "late": visit.late,
            "source": visit.source,
            "consent_version": visit.consent_version,
        },
    )


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else wire(instant)


def visit_checked_in(visit: Visit | NewVisit) -> NewEvent:
    """A visitor has a ticket."""
    return _told("checked_in", visit, visit.checked_in_at)


def visit_called(visit: Visit) -> NewEvent:
    """The ticket was called."""
    return _told("called", visit, visit.called_at)


def visit_greeted(visit: Visit) -> NewEvent:
    """The first human contact."""
    return _told("greeted", visit, visit.greeted_at)


def visit_serving_started(visit: Visit) -> NewEvent:
    """Somebody took the visitor."""
    return _told("serving_started", visit, visit.serving_started_at)


def visit_completed(visit: Visit) -> NewEvent:
    """Served to the end."""
    return _told("completed", visit, visit.completed_at)


def visit_left(visit: Visit) -> NewEvent:
    """Gone without having been served to the end."""
    return _told("left", visit, visit.left_at)
