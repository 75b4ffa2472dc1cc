"""Parked events: set beside with their reason, so that poison neither blocks nor is lost. Later facts about the same
subject wait in order.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from shared import clock
from shared.events.envelope import Event
from shared.events.tables import Cursor, Parked, SetAside

# Reasons are codes; pages translate them.
FAILED = "handler-failed"
BEHIND = "waits-behind"
KILLS = "kills-the-process"
UNKNOWN_BRANCH = "unknown-branch"
UNKNOWN_VERSION = "unknown-version"


def park(session: Session, event: Event, reason: str, detail: str = "", attempts: int = 0) -> None:
    """Set an event beside. ``detail`` names an error class, never a value."""
    session.execute(
        insert(Parked.__table__),
        {
            "source": event.source,
            "epoch": event.epoch,
            "position": event.position,
            "event_id": event.id,
            "type": event.type,
            "subject": event.subject,
            "branch_id": event.branch,
            "wire": event.wire,
            "reason": reason,
            "detail": detail[:400],
            "attempts": attempts,
            "parked_at": clock.now(),
        },
    )


def blocked_subjects(session: Session, source: str, subjects: set[str]) -> set[str]:
    """Which of these subjects have something parked in front of them."""
    return set(
        session.scalars(select(Parked.subject).where(Parked.source == source, Parked.subject.in_(subjects)).distinct())
    )


def recount(session: Session, source: str) -> int:
    """Bring the cursor's count of parked events (which spares a look per batch) up to date; returns it."""
    count = session.scalar(select(func.count()).select_from(Parked).where(Parked.source == source)) or 0
    session.execute(update(Cursor.__table__).where(Cursor.__table__.c.source == source).values(parked=count))
    return count


def queue_of(session: Session, source: str, subject: str) -> list[Parked]:
    """The parked events of one subject, in their order."""
    return list(
        session.scalars(select(Parked).where(Parked.source == source, Parked.subject == subject).order_by(Parked.id))
    )


def all_parked(session: Session, source: str | None = None) -> list[Parked]:
    """Everything parked, oldest first."""
    query = select(Parked).order_by(Parked.id)
    return list(session.scalars(query.where(Parked.source == source) if source else query))


def forget(session: Session, source: str, subject: str) -> int:
    """An erased subject has nothing left to apply: drop what is parked about it. Returns how many."""
    dropped: Any = session.execute(
        delete(Parked.__table__).where(Parked.__table__.c.source == source, Parked.__table__.c.subject == subject)
    )
    return dropped.rowcount


def set_aside(session: Session, parked_id: int, author: str | None = None) -> tuple[str, str] | None:
    """Decide that one parked event will never be applied; what waits behind it may go on. Returns (source, subject).

    ``author``: who decided, as ``staff/<id>``.
    """
    row = session.get(Parked, parked_id)
    if row is None:
        return None
    session.execute(
        insert(SetAside.__table__),
        {
            "source": row.source,
            "epoch": row.epoch,
            "position": row.position,
            "event_id": row.event_id,
            "reason": row.reason,
            "author": author,
            "set_aside_at": clock.now(),
        },
    )
    session.execute(delete(Parked.__table__).where(Parked.__table__.c.id == parked_id))
    recount(session, row.source)
    return row.source, row.subject
