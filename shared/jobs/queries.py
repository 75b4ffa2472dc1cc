"""Reading jobs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from shared.jobs.model import FAILED, OPEN_STATES, RUNNING, WAITING, Job


def get(session: Session, job_id: str) -> Job | None:
    """The job with that id, or None."""
    return session.execute(select(Job).where(Job.id == job_id).execution_options(populate_existing=True)).scalar()


def open_job(session: Session, kind: str, subject: str) -> Job | None:
    """The one open job of that kind about that subject, or None."""
    wanted = select(Job).where(Job.kind == kind, Job.subject == subject, Job.state.in_(OPEN_STATES))
    return session.execute(wanted.execution_options(populate_existing=True)).scalar()


def of_owner(session: Session, owner: str, kinds: Iterable[str], after: str | None, limit: int) -> list[Job]:
    """The jobs of these kinds that somebody asked for, the latest first, from behind the job ``after``."""
    wanted = select(Job).where(Job.owner == owner, Job.kind.in_(list(kinds))).order_by(Job.id.desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(Job.id < after)
    return list(session.scalars(wanted))


def claimable(now: datetime) -> ColumnElement[bool]:
    """Due, and in nobody's hands: waiting, or running with a lease that ran out."""
    return or_(
        and_(Job.state == WAITING, Job.due_at <= now),
        and_(Job.state == RUNNING, Job.claimed_until < now),
    )


def backlog(session: Session, now: datetime) -> dict[str, float]:
    """For metrics and the doctor: jobs overdue, the age of the oldest of them in seconds, and jobs given up."""
    due, oldest = session.execute(select(func.count(), func.min(Job.due_at)).where(claimable(now))).one()
    failed = session.execute(select(func.count()).where(Job.state == FAILED)).scalar_one()
    return {"due": due, "oldest_seconds": (now - oldest).total_seconds() if oldest else 0.0, "failed": failed}
