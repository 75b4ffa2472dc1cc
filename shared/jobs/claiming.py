"""Who does a job: one claimer at a time, by the database's time, with a lease that runs out when the claimer dies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared.db import database_now, reader, transaction
from shared.faults import fp
from shared.ids import uuid7
from shared.jobs.kinds import Kind
from shared.jobs.model import FAILED, RUNNING, Job
from shared.jobs.queries import claimable


@dataclass(frozen=True)
class Claim:
    """A job in our hands until the lease ends. ``token`` is new for each claim."""

    token: str
    job_id: str
    kind: Kind
    subject: str
    branch: str | None
    due_at: datetime
    payload: Any
    result: Any
    progress: int
    total: int | None
    attempt: int
    owner: str | None
    trace: dict[str, str | None]


def claim(kinds: Iterable[Kind], *, now: datetime | None = None, job_id: str | None = None) -> Claim | None:
    """Take the job that is due longest, or None. ``now`` replaces the database's time (tests); ``job_id`` asks for one.

    A job that was claimed too often without an end killed its workers: it is given up with code ``crashed``.
    """
    by_name = {kind.name: kind for kind in kinds}
    if not by_name or not _any_due(by_name, now, job_id):
        return None
    with transaction() as session:
        while True:
            at = now or database_now(session)
            job = session.execute(
                _wanted(select(Job), by_name, at, job_id)
                .order_by(Job.due_at, Job.id)
                .limit(1)
                # PostgreSQL: somebody else's is passed by; SQLite: the write transaction is the lock.
                .with_for_update(skip_locked=True)
                .execution_options(populate_existing=True)
            ).scalar()
            if job is None:
                return None
            kind = by_name[job.kind]
            if job.attempts >= kind.attempts:
                _end_crashed(session, job, kind, at)
                continue
            token = uuid7()
            session.execute(
                update(Job)
                .where(Job.id == job.id)
                .values(
                    state=RUNNING, claimed_by=token, claimed_until=at + timedelta(seconds=kind.lease_seconds),
                    attempts=job.attempts + 1,
                )
                .execution_options(synchronize_session=False)
            )  # fmt: skip
            fp("jobs.claim.before_commit")
            return Claim(
                token, job.id, kind, job.subject, job.branch_id, job.due_at, job.payload, job.result, job.progress,
                job.total, job.attempts + 1, job.owner, job.trace or {},
            )  # fmt: skip


def _wanted(query: Any, by_name: dict[str, Kind], at: datetime, job_id: str | None) -> Any:
    # Only kinds known here: during an upgrade an older worker leaves alone what it cannot do.
    query = query.where(claimable(at), Job.kind.in_(by_name))
    return query if job_id is None else query.where(Job.id == job_id)


def _any_due(by_name: dict[str, Kind], now: datetime | None, job_id: str | None) -> bool:
    # A look without a lock: an idle worker must not take SQLite's one write transaction twice a second.
    with reader() as session:
        at = now or database_now(session)
        return session.execute(_wanted(select(Job.id), by_name, at, job_id).limit(1)).first() is not None


def _end_crashed(session: Session, job: Job, kind: Kind, at: datetime) -> None:
    session.execute(
        update(Job)
        .where(Job.id == job.id)
        .values(
            state=FAILED, error={"code": "crashed"}, finished_at=at, claimed_by=None, claimed_until=None,
            expires_at=at + timedelta(days=kind.kept_days),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
