"""Reading repair orders of the branch in scope."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.appointments.repair_orders import stages
from services.appointments.repair_orders.model import Promise, RepairOrder
from shared.http.problems import Problem


def get(session: Session, repair_order_id: str, *, lock: bool = False) -> RepairOrder:
    """One order; Problem 404 ``not-found``, also for another branch's. ``lock``: its row, until the end."""
    query = select(RepairOrder).where(RepairOrder.id == repair_order_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    order = session.execute(query).scalar_one_or_none()
    if order is None:
        raise Problem(404, "not-found")
    return order


def page(
    session: Session, limit: int, after: str | None = None, statuses: Collection[str] = (), visit_id: str | None = None
) -> list[RepairOrder]:
    """Orders in the order of opening, at most ``limit``, from behind the id ``after``."""
    query = select(RepairOrder).order_by(RepairOrder.id)
    if after is not None:
        query = query.where(RepairOrder.id > after)
    if statuses:
        query = query.where(RepairOrder.status.in_(statuses))
    if visit_id is not None:
        query = query.where(RepairOrder.visit_id == visit_id)
    return list(session.execute(query.limit(limit)).scalars())


def of_visit(session: Session, visit_id: str) -> RepairOrder | None:
    """The order that was opened for a visit."""
    return session.execute(select(RepairOrder).where(RepairOrder.visit_id == visit_id)).scalar_one_or_none()


def promises(session: Session, repair_order_id: str) -> list[Promise]:
    """The ledger of one order, in the order of promising."""
    return list(
        session.execute(
            select(Promise).where(Promise.repair_order_id == repair_order_id).order_by(Promise.number)
        ).scalars()
    )


def promises_made(session: Session, repair_order_id: str) -> int:
    """How many times were promised so far."""
    return session.execute(
        select(func.count()).select_from(Promise).where(Promise.repair_order_id == repair_order_id)
    ).scalar_one()


def under_way(session: Session, limit: int, advisor_id: str | None = None) -> list[RepairOrder]:
    """Orders whose car is not back with its owner: the soonest promised first, those without a promise last."""
    query = select(RepairOrder).where(RepairOrder.status.in_(_UNDER_WAY))
    if advisor_id is not None:
        query = query.where(RepairOrder.advisor_id == advisor_id)
    soonest = RepairOrder.promised_at.is_(None), RepairOrder.promised_at, RepairOrder.id
    return list(session.execute(query.order_by(*soonest).limit(limit)).scalars())


def with_orders(session: Session, visit_ids: Collection[str]) -> set[str]:
    """Those of these visits for which an order was opened."""
    found = session.scalars(select(RepairOrder.visit_id).where(RepairOrder.visit_id.in_(visit_ids)))
    return {visit_id for visit_id in found if visit_id is not None}


def of_customer(session: Session, customer_id: str, limit: int) -> list[RepairOrder]:
    """The orders of a person in this branch: those under way first, then the latest."""
    query = select(RepairOrder).where(RepairOrder.customer_id == customer_id)
    latest = RepairOrder.status.in_(stages.ENDED), RepairOrder.id.desc()
    return list(session.execute(query.order_by(*latest).limit(limit)).scalars())


_UNDER_WAY = tuple(state for state in stages.STAGES if state not in stages.ENDED)
