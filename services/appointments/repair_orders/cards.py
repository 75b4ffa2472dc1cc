"""Repair orders and arrivals as the pages show them: who, which car, how far, until when, and what may be done next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from services.appointments import people
from services.appointments.arrivals import Arrival, for_the_desk
from services.appointments.people import PersonCard
from services.appointments.repair_orders import queries, stages
from services.appointments.repair_orders.model import RepairOrder
from services.appointments.repair_orders.settings import SKIPPED_STAGES
from shared import branches, clock, settings
from shared.access import current_actor
from shared.branches import BranchView
from shared.db import current_branch

# So many are shown at once; a desk with more has other worries than the rest of the list.
MOST = 200
MOST_ARRIVALS = 60

# The state that a step leads to, and who may take it. In the order of the path.
STEPS = {
    "check-in": (stages.CHECKED_IN, "repair_orders.check_in"),
    "start-work": (stages.IN_WORK, "repair_orders.start_work"),
    "ready": (stages.READY, "repair_orders.finish"),
    "hand-over": (stages.HANDED_OVER, "repair_orders.hand_over"),
}
# These stand on the board even when empty; the others only while a car is in them.
LANES = (stages.DRAFT, stages.CHECKED_IN, stages.IN_WORK, stages.READY)


@dataclass(frozen=True)
class OrderCard:
    """One order. ``elapsed``: of the time from its opening to the promise, in per cent; None without a promise."""

    order: RepairOrder
    person: PersonCard
    advisor: str | None
    mine: bool
    late: bool
    elapsed: int | None
    steps: tuple[str, ...]
    may_promise: bool


@dataclass(frozen=True)
class ArrivalCard:
    """Somebody in the house without an order. ``known``: an order of the same car that is still under way."""

    arrival: Arrival
    person: PersonCard
    server: str | None
    mine: bool
    known: RepairOrder | None


def place(session: Session) -> BranchView:
    """The branch in scope."""
    return branches.get(session, current_branch())


def of_orders(session: Session, orders: Collection[RepairOrder], now: datetime) -> list[OrderCard]:
    """Cards in the order given, but what is late comes first."""
    actor = current_actor()
    skipped = settings.value(session, SKIPPED_STAGES, current_branch())
    persons = people.cards_of(session, {(each.customer_id, each.vehicle_id) for each in orders})
    labels = people.labels_of(session, {each.advisor_id for each in orders})
    cards = [
        OrderCard(
            order=order,
            person=people.seen(persons[order.customer_id, order.vehicle_id]),
            advisor=labels.get(order.advisor_id or ""),
            mine=order.advisor_id == actor.id,
            late=order.status not in stages.ENDED and order.promised_at is not None and order.promised_at < now,
            elapsed=_elapsed(order, now),
            steps=tuple(step for step, (then, right) in STEPS.items() if right in actor.permissions
                        and stages.may_follow(order.status, then, skipped)),
            may_promise="repair_orders.promise" in actor.permissions and order.status not in stages.ENDED,
        )
        for order in orders
    ]  # fmt: skip
    return sorted(cards, key=lambda card: not card.late)


def of_arrivals(session: Session, under_way: Collection[RepairOrder], now: datetime) -> list[ArrivalCard]:
    """Who is in the house today and has no order yet: those sent to who asks first, then those sent to nobody."""
    me = current_actor().id
    found = for_the_desk(session, me, clock.local_date(now, place(session).zone), MOST_ARRIVALS)
    taken = queries.with_orders(session, [each.visit_id for each in found])
    waiting = [each for each in found if each.visit_id not in taken]
    persons = people.cards_of(session, {(each.customer_id, each.vehicle_id) for each in waiting})
    labels = people.labels_of(session, {each.served_by for each in waiting})
    cars = {order.vehicle_id: order for order in under_way if order.vehicle_id}
    cards = [
        ArrivalCard(
            arrival=each,
            person=people.seen(persons[each.customer_id, each.vehicle_id]),
            server=labels.get(each.served_by or ""),
            mine=each.served_by == me,
            known=cars.get(each.vehicle_id or ""),
        )
        for each in waiting
    ]
    return sorted(cards, key=lambda card: 0 if card.mine else 1 if card.arrival.served_by is None else 2)


def lanes(cards: Collection[OrderCard]) -> list[tuple[str, list[OrderCard]]]:
    """The states of the path and what stands in each, as the workshop's board shows them."""
    standing = {card.order.status for card in cards}
    behind = stages.PATH.index(stages.IN_WORK) + 1
    order = (*stages.PATH[:behind], *stages.PAUSES, *stages.PATH[behind:])
    shown = [state for state in order if state not in stages.ENDED and (state in LANES or state in standing)]
    return [(state, [card for card in cards if card.order.status == state]) for state in shown]


def _elapsed(order: RepairOrder, now: datetime) -> int | None:
    if order.promised_at is None:
        return None
    whole = (order.promised_at - order.opened_at).total_seconds()
    gone = (now - order.opened_at).total_seconds()
    return 100 if whole <= 0 else max(0, min(100, round(100 * gone / whole)))


def offers(order: RepairOrder, branch: BranchView, now: datetime) -> list[datetime]:
    """Times that one touch fills in: half an hour, one and two hours after the promise or now, rounded up to a quarter;
    and this evening's last half hour before closing, where the branch says when it closes.
    """
    start = max(now, order.promised_at or now)
    first = start + timedelta(minutes=-start.minute % 15, seconds=-start.second, microseconds=-start.microsecond)
    found = [first + timedelta(minutes=ahead) for ahead in (30, 60, 120)]
    local = clock.local(now, branch.zone)
    for _, closes in branch.week[local.weekday()][-1:]:
        evening = local.replace(hour=closes.hour, minute=closes.minute, second=0, microsecond=0) - timedelta(minutes=30)
        found += [evening.astimezone(UTC)] if closes.hour and evening > start else []
    return sorted(set(found))
