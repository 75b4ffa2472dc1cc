"""The only writer of repair orders and promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.appointments.arrivals import arrival_of
from services.appointments.repair_orders import events, numbers, queries, stages
from services.appointments.repair_orders.model import Promise, RepairOrder
from services.appointments.repair_orders.settings import FURTHEST_PROMISE, SKIPPED_STAGES
from shared import branches, clock, settings
from shared.access import action, current_actor
from shared.db import current_branch, transaction
from shared.events import NewEvent, record
from shared.http import expect_version
from shared.http.problems import Problem, invalid
from shared.ids import uuid7

Step = Callable[[RepairOrder, datetime, date, tuple[str, ...]], None]
Told = Callable[[RepairOrder, datetime], NewEvent]


@action("repair_orders.open")
def open_order(visit_id: str, promised_at: datetime | None = None, reason: str | None = None) -> RepairOrder:
    """Open an order for a visit of this branch, with the first promised time if one was given (P5.1).

    Problems: 422 ``unknown-reference`` for a visit that is not here (yet), 409 ``repair_order.exists`` for one that
    has an order, 422 ``validation`` for a time in the past or too far ahead.
    """
    with transaction() as session:
        arrival = arrival_of(session, visit_id)
        if arrival is None:
            raise Problem(422, "unknown-reference", errors=[("/visit_id", "unknown-reference")])
        if queries.of_visit(session, visit_id) is not None:
            raise Problem(409, "repair_order.exists")
        now, branch = clock.now(), branches.get(session, current_branch())
        day = clock.local_date(now, branch.zone)
        serial = numbers.take(session, branch.code, day.year)
        actor = current_actor()
        order = RepairOrder(
            id=uuid7(),
            branch_id=branch.code,
            year=day.year,
            serial=serial,
            number=numbers.text(branch.letter, day.year, serial),
            visit_id=visit_id,
            customer_id=arrival.customer_id,
            vehicle_id=arrival.vehicle_id,
            advisor_id=actor.id if actor.kind == "staff" else None,
            status=stages.DRAFT,
            opened_at=now,
            local_date=day,
            version=1,
        )
        session.add(order)
        try:
            session.flush()
        except IntegrityError:
            # Two desks opened it at once; whoever came second also gives the number back.
            raise Problem(409, "repair_order.exists") from None
        record(session, events.repair_order_opened(order, now))
        if promised_at is not None:
            _promise(session, order, promised_at, reason or "opening", now)
        elif reason is not None:
            raise invalid(("/reason", "promise.without_time"))
        return order


@action("repair_orders.check_in")
def check_in(repair_order_id: str, seen: int | None = None) -> RepairOrder:
    """The car is taken over (P4.1). ``seen``: the version somebody saw, if that matters (so for the next three).

    Problems: 404; 409 ``repair_order.state``; 412 ``precondition-failed`` when the order is another by now.
    """
    return _step(repair_order_id, seen, RepairOrder.check_in, events.repair_order_checked_in)


@action("repair_orders.start_work")
def start_work(repair_order_id: str, seen: int | None = None) -> RepairOrder:
    """Work on the car begins or goes on (P5.1)."""
    return _step(repair_order_id, seen, RepairOrder.start_work, events.repair_order_work_started)


@action("repair_orders.finish")
def finish(repair_order_id: str, seen: int | None = None) -> RepairOrder:
    """The car is ready (P5.1)."""
    return _step(repair_order_id, seen, RepairOrder.finish, events.repair_order_ready)


@action("repair_orders.hand_over")
def hand_over(repair_order_id: str, seen: int | None = None) -> RepairOrder:
    """The customer has the car back; on time by the first promise (P5.1, P5.3)."""
    return _step(repair_order_id, seen, RepairOrder.hand_over, events.repair_order_handed_over)


@action("repair_orders.promise")
def promise(
    repair_order_id: str, promised_at: datetime, reason: str, seen: int | None = None
) -> tuple[RepairOrder, Promise]:
    """Promise a time, or another one with its reason: a line of the ledger each time (P5.3).

    Problems: 404; 409 ``repair_order.state`` after the end; 422 for a time that is past, too far or no other.
    """
    with transaction() as session:
        order = queries.get(session, repair_order_id, lock=True)
        expect_version(order.version, seen)
        return order, _promise(session, order, promised_at, reason, clock.now())


def _promise(session: Session, order: RepairOrder, promised_at: datetime, reason: str, now: datetime) -> Promise:
    furthest = timedelta(days=settings.value(session, FURTHEST_PROMISE, order.branch_id))
    if not now < promised_at <= now + furthest:
        raise invalid(("/promised_at", "time.range"))
    kind, before = order.promise(promised_at)
    actor = current_actor()
    line = Promise(
        id=uuid7(),
        branch_id=order.branch_id,
        repair_order_id=order.id,
        number=queries.promises_made(session, order.id) + 1,
        kind=kind,
        promised_at=promised_at,
        previous_promised_at=before,
        reason=reason,
        made_at=now,
        made_by=f"{actor.kind}/{actor.id}",
    )
    session.add(line)
    session.flush()
    record(session, events.promise_told(order, line))
    return line


def _step(repair_order_id: str, seen: int | None, step: Step, told: Told) -> RepairOrder:
    with transaction() as session:
        order = queries.get(session, repair_order_id, lock=True)
        expect_version(order.version, seen)
        now = clock.now()
        day = clock.local_date(now, branches.get(session, order.branch_id).zone)
        step(order, now, day, settings.value(session, SKIPPED_STAGES, order.branch_id))
        session.flush()
        record(session, told(order, now))
        return order
