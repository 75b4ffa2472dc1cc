"""Reading visits of the branch in scope."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from services.reception.visits.model import OPEN, WAITING, DayLine, Visit
from shared.access import action
from shared.http.problems import Problem


def get(session: Session, visit_id: str, *, lock: bool = False) -> Visit | None:
    """The visit of this branch with that id; ``lock`` holds its row until the end of the transaction."""
    wanted = select(Visit).where(Visit.id == visit_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return session.execute(wanted).scalar_one_or_none()


@action("visits.read")
def read(session: Session, visit_id: str) -> Visit:
    """The same for somebody who wants to see it; Problem 404, also for a visit of another branch."""
    visit = get(session, visit_id)
    if visit is None:
        raise Problem(404, "not-found")
    return visit


def open_visit(session: Session, day: date, customer_id: str | None, vehicle_id: str | None) -> Visit | None:
    """The open visit of that day of the same person (found by phone) or in the same car; the earlier one when they
    differ.
    """
    same = []
    if customer_id is not None:
        same.append(and_(Visit.customer_id == customer_id, Visit.by_phone))
    if vehicle_id is not None:
        same.append(Visit.vehicle_id == vehicle_id)
    if not same:
        return None
    return session.execute(
        select(Visit).where(Visit.local_date == day, Visit.status.in_(OPEN), or_(*same)).order_by(Visit.number).limit(1)
    ).scalar_one_or_none()


def next_waiting(session: Session, day: date) -> Visit | None:
    """Whose turn it is: by class, then by arrival. The row is locked; one that is locked already is left to whoever
    has it.
    """
    return session.execute(
        select(Visit)
        .where(Visit.local_date == day, Visit.status == WAITING)
        .order_by(Visit.priority, Visit.checked_in_at, Visit.number)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


@action("visits.read")
def board(
    session: Session, day: date, status: str | None, after: tuple[int, datetime, int] | None, limit: int
) -> list[Visit]:
    """The visits of one day in the order of their turn; ``after`` is ``place()`` of the last one seen."""
    turn = tuple_(Visit.priority, Visit.checked_in_at, Visit.number)
    wanted = select(Visit).where(Visit.local_date == day).order_by(*turn.clauses).limit(limit)
    if status is not None:
        wanted = wanted.where(Visit.status == status)
    if after is not None:
        wanted = wanted.where(turn > after)
    return list(session.scalars(wanted))


@action("visits.read")
def in_the_house(session: Session, day: date) -> list[Visit]:
    """Everybody who came that day and has not gone, in the order of their turn."""
    return list(
        session.scalars(
            select(Visit)
            .where(Visit.local_date == day, Visit.status.in_(OPEN))
            .order_by(Visit.priority, Visit.checked_in_at, Visit.number)
        )
    )


@action("visits.read")
def of_customer(session: Session, customer_id: str, limit: int) -> list[Visit]:
    """The visits of one customer to this branch: those still in the house first, then the latest."""
    latest = Visit.status.not_in(OPEN), Visit.checked_in_at.desc()
    return list(session.scalars(select(Visit).where(Visit.customer_id == customer_id).order_by(*latest).limit(limit)))


@action("visits.read")
def gone(session: Session, day: date, limit: int) -> list[Visit]:
    """The last of that day who were served or left."""
    return list(
        session.scalars(
            select(Visit)
            .where(Visit.local_date == day, Visit.status.not_in(OPEN))
            .order_by(func.coalesce(Visit.completed_at, Visit.left_at).desc())
            .limit(limit)
        )
    )


@action("visits.read")
def line(session: Session, day: date) -> DayLine | None:
    """The counts of that day's line; None before its first visitor."""
    return session.execute(select(DayLine).where(DayLine.local_date == day)).scalar_one_or_none()


def place(visit: Visit) -> tuple[int, datetime, int]:
    """Where a visit stands among those of its day: by class, then by arrival."""
    return visit.priority, visit.checked_in_at, visit.number
