"""Putting away what is over: finished jobs past their day, and the files they kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from shared import files
from shared.db import database_now, transaction
from shared.jobs.model import CANCELLED, DONE, FAILED, Job

_OVER = (DONE, FAILED, CANCELLED)
_TAKEN_BACK = (Job.state == CANCELLED) & Job.expires_at.is_(None)


def sweep(now: datetime | None = None, limit: int = 200) -> int:
    """Delete up to ``limit`` finished jobs whose ``expires_at`` is past, release their files, free the disk.

    Returns how many jobs went. A job that the program itself took back goes as soon as it is seen: nobody asks for it.
    """
    with transaction() as session:
        at = now or database_now(session)
        over = select(Job.id).where(Job.state.in_(_OVER), (Job.expires_at < at) | _TAKEN_BACK).limit(limit)
        gone = list(session.execute(over).scalars())
        for job_id in gone:
            files.release_owned(session, f"job/{job_id}")
        if gone:
            session.execute(delete(Job).where(Job.id.in_(gone)).execution_options(synchronize_session=False))
    files.bury(now)
    return len(gone)
