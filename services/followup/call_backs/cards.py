"""Call-backs as the pages show them: who, how long still, how often tried, and whether one may call now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.followup import contacts
from services.followup.call_backs import queries
from services.followup.call_backs.due import CUSTOMER_ASKED
from services.followup.call_backs.hours import CallHours, NoAllowedHour
from services.followup.call_backs.model import OPEN, FollowUp
from services.followup.contacts import ContactCard
from shared import branches, clock
from shared.branches import BranchView
from shared.db import current_branch


@dataclass(frozen=True)
class CallCard:
    """One call-back. ``waits_until``: not to be tried before; ``agreed``: the customer named the time."""

    call: FollowUp
    person: ContactCard
    late: bool
    waits_until: datetime | None
    agreed: bool


@dataclass(frozen=True)
class CallTime:
    """Whether customers may be called now, within which spans, and from when on if not now."""

    now: bool
    spans: tuple[str, ...]
    again_at: datetime | None


def place(session: Session) -> BranchView:
    """The branch in scope."""
    return branches.get(session, current_branch())


def of_calls(session: Session, calls: Collection[FollowUp], now: datetime) -> list[CallCard]:
    """Cards in the order given."""
    people = contacts.cards_of(session, {(call.customer_id, call.vehicle_id) for call in calls})
    return [
        CallCard(
            call=call,
            person=contacts.seen(people[call.customer_id, call.vehicle_id]),
            late=call.status == OPEN and call.due_at < now,
            waits_until=call.next_try_at if call.next_try_at and call.next_try_at > now else None,
            agreed=call.rule == CUSTOMER_ASKED,
        )
        for call in calls
    ]


def in_order(cards: Collection[CallCard], now: datetime, branch: BranchView) -> list[tuple[str, list[CallCard]]]:
    """The worklist in its three parts; each in the order in which it is due."""
    today = clock.local_date(now, branch.zone)
    late = [card for card in cards if card.late]
    due = [card for card in cards if not card.late and card.call.due_date <= today]
    later = [card for card in cards if card.call.due_date > today]
    return [("late", late), ("today", due), ("later", later)]


def call_time(hours: CallHours, now: datetime) -> CallTime:
    """What the note above the list says (F1.2)."""
    spans = tuple(f"{first:%H:%M}–{last:%H:%M}" for first, last in hours.hours)
    if hours.allowed(now):
        return CallTime(True, spans, None)
    try:
        return CallTime(False, spans, hours.next_allowed(now))
    except NoAllowedHour:
        return CallTime(False, spans, None)


def hours_of(session: Session) -> CallHours:
    """When the branch in scope may call."""
    return queries.call_hours(session, place(session))
