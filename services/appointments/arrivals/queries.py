"""Reading arrivals of the branch in scope."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from services.appointments.arrivals.model import Arrival
from services.appointments.arrivals.settings import PURPOSES
from shared import settings
from shared.db import current_branch


def arrival_of(session: Session, visit_id: str) -> Arrival | None:
    """The visit, when it belongs to the branch in scope and we have heard of it."""
    return session.execute(select(Arrival).where(Arrival.visit_id == visit_id)).scalar_one_or_none()


def in_house(session: Session, limit: int, after: tuple[datetime, str] | None = None) -> list[Arrival]:
    """Who is in the house, by arrival: at most ``limit``, from behind ``after`` (checked_in_at, visit_id)."""
    query = select(Arrival).where(Arrival.in_house.is_(True)).order_by(Arrival.checked_in_at, Arrival.visit_id)
    if after is not None:
        query = query.where(tuple_(Arrival.checked_in_at, Arrival.visit_id) > tuple_(*after))
    return list(session.execute(query.limit(limit)).scalars())


def for_the_desk(session: Session, staff_id: str, day: date, limit: int) -> list[Arrival]:
    """Whom the service desk looks after on the branch's ``day``, by arrival: visits for its purposes (a setting), and
    whatever visit was sent to ``staff_id``.
    """
    purposes = settings.value(session, PURPOSES, current_branch())
    query = (
        select(Arrival)
        .where(Arrival.in_house.is_(True), Arrival.local_date == day)
        .where(or_(Arrival.purpose.in_(purposes), Arrival.served_by == staff_id))
        .order_by(Arrival.checked_in_at, Arrival.visit_id)
    )
    return list(session.execute(query.limit(limit)).scalars())
