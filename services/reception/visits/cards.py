"""The board as people see it: who waits, who is being served, how long, and whether the promise to greet holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.reception import customers, staff
from services.reception.visits import lines, queries
from services.reception.visits.model import CALLED, CLASS_WALK_IN, SERVING, WAITING, Visit
from services.reception.visits.settings import GREET_FIRST, GREET_OTHERS
from shared import branches, clock, settings
from shared.access import current_actor
from shared.branches import BranchView
from shared.db import current_branch
from shared.privacy import first_letter

MOST_GONE = 30


@dataclass(frozen=True, slots=True)
class Card:
    """One visitor. ``elapsed``: of the time until the promised greeting, in per cent; None once they were greeted."""

    visit: Visit
    name: str | None
    plate: str | None
    plate_kind: str
    has_phone: bool
    server: str | None
    limit: int
    late: bool
    elapsed: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """A branch's day at the door."""

    place: BranchView
    waiting: list[Card]
    serving: list[Card]
    gone: list[Card]
    today: int
    ahead: lines.Ahead

    @property
    def late(self) -> int:
        """How many wait longer than was promised."""
        return sum(card.late for card in self.waiting)


def board(session: Session, now: datetime) -> Board:
    """Everybody in the house and the last who left; the same few statements however many there are."""
    place = branches.get(session, current_branch())
    day = clock.local_date(now, place.zone)
    here, gone = queries.in_the_house(session, day), queries.gone(session, day, MOST_GONE)
    made = _cards(session, [*here, *gone], now)
    open_, closed = made[: len(here)], made[len(here) :]
    line = queries.line(session, day)
    waiting = [card for card in open_ if card.visit.status in (WAITING, CALLED)]
    ahead = lines.estimate(
        len([card for card in waiting if card.visit.status == WAITING]),
        line.serving if line else 0, line.served if line else 0, line.served_seconds if line else 0,
    )  # fmt: skip
    return Board(
        place=place,
        # Who was called stands on top: somebody is on their way to them.
        waiting=sorted(waiting, key=lambda card: card.visit.status == WAITING),
        serving=[card for card in open_ if card.visit.status == SERVING],
        gone=closed,
        today=line.last_number if line else 0,
        ahead=ahead,
    )


def _cards(session: Session, visits: Iterable[Visit], now: datetime) -> list[Card]:
    visits = list(visits)
    known = customers.contacts(session, [(each.customer_id, each.vehicle_id) for each in visits])
    names = staff.labels(session, {each.served_by for each in visits if each.served_by})
    first, others = (settings.value(session, each, current_branch()) for each in (GREET_FIRST, GREET_OTHERS))
    whole = "personal.names" in current_actor().permissions
    found = []
    for visit in visits:
        contact = known[visit.customer_id, visit.vehicle_id]
        limit = others if visit.priority == CLASS_WALK_IN else first
        waited = now - visit.checked_in_at
        waits = visit.greeted_at is None and visit.status in (WAITING, CALLED)
        found.append(
            Card(
                visit=visit,
                name=contact.name if whole or contact.name is None else first_letter(contact.name),
                plate=contact.plate if whole or contact.plate is None else customers.plate_masked(contact.plate),
                plate_kind=customers.plate_kind(contact.plate) if contact.plate else "",
                has_phone=contact.phone is not None,
                server=names.get(visit.served_by or ""),
                limit=limit,
                late=waits and waited > timedelta(minutes=limit),
                elapsed=max(0, min(100, int(100 * waited / timedelta(minutes=limit)))) if waits else None,
            )
        )
    return found
