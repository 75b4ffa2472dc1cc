"""Facts about visits become arrivals. Each carries the full state, so the last one of a visit is what holds."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Insert

from services.appointments.arrivals.model import Arrival
from shared import clock
from shared.events import Event, Handlers

handlers = Handlers()
arrivals = handlers.projection("arrivals", tables=("arrival",))

_TABLE: Any = Arrival.__table__
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_INSTANTS = ("checked_in_at", "called_at", "greeted_at", "serving_started_at", "completed_at", "left_at")
_TAKEN_OVER = ("visit_id", "ticket", "purpose", "status", "party_size", "customer_id", "vehicle_id", "served_by")


@arrivals.batch(
    "reception.visit.checked_in.v1",
    "reception.visit.called.v1",
    "reception.visit.greeted.v1",
    "reception.visit.serving_started.v1",
    "reception.visit.completed.v1",
    "reception.visit.left.v1",
)
def on_visits(session: Session, events: list[Event]) -> None:
    """Keep the newest state of each visit."""
    newest = {event.subject_id: event for event in events}
    session.execute(_keeping(session.get_bind().dialect.name), [_row(event) for event in newest.values()])


@cache
def _keeping(dialect: str) -> Insert:
    adding = _INSERT[dialect](_TABLE)
    return adding.on_conflict_do_update(
        index_elements=[_TABLE.c.visit_id],
        set_={column.name: adding.excluded[column.name] for column in _TABLE.c if not column.primary_key},
        where=_TABLE.c.version <= adding.excluded.version,
    )


def _row(event: Event) -> dict[str, Any]:
    data: Any = event.data
    return {
        **{name: data[name] for name in _TAKEN_OVER},
        **{name: None if data[name] is None else clock.parse(data[name]) for name in _INSTANTS},
        "branch_id": event.branch,
        "local_date": date.fromisoformat(data["local_date"]),
        "in_house": data["completed_at"] is None and data["left_at"] is None,
        "version": event.version,
    }
