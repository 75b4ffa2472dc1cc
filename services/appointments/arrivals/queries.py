"""Reading arrivals of the branch in scope."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.appointments.arrivals.model import Arrival


def arrival_of(session: Session, visit_id: str) -> Arrival | None:
    """The visit, when it belongs to the branch in scope and we have heard of it."""
    return session.execute(select(Arrival).where(Arrival.visit_id == visit_id)).scalar_one_or_none()


def in_house(session: Session, limit: int, after: tuple[datetime, str] | None = None) -> list[Arrival]:
    """Who is in the house, by arrival: at most ``limit``, from behind ``after`` (checked_in_at, visit_id)."""
    query = select(Arrival).where(Arrival.in_house.is_(True)).order_by(Arrival.checked_in_at, Arrival.visit_id)
    if after is not None:
        query = query.where(tuple_(Arrival.checked_in_at, Arrival.visit_id) > tuple_(*after))
    return list(session.execute(query.limit(limit)).scalars())
