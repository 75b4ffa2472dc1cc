"""One table for everything that is done later or takes long: timers are jobs with a due time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import Json, UtcDateTime
from shared.db.mechanism import MechanismBase

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
OPEN_STATES = (WAITING, RUNNING)

IS_OPEN = text("state IN ('waiting', 'running')")


class Job(MechanismBase):
    """A piece of work with a due time, a lease while somebody does it, and its progress and result for who asked."""

    __tablename__ = "job"
    __group_wide__ = "the mechanism's own: claimed over all branches, each job remembers its branch"
    __table_args__ = (
        Index(
            "uq_job_open_kind_subject", "kind", "subject", unique=True,
            postgresql_where=IS_OPEN, sqlite_where=IS_OPEN,
        ),
        Index("ix_job_open_due_at", "due_at", postgresql_where=IS_OPEN, sqlite_where=IS_OPEN),
        Index("ix_job_subject", "subject"),
        Index("ix_job_expires_at", "expires_at"),
        Index("ix_job_owner", "owner", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(80), nullable=False)
    subject: Mapped[str] = mapped_column(String(120), nullable=False)
    branch_id: Mapped[str | None] = mapped_column(String(40))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    payload: Mapped[Any] = mapped_column(Json, nullable=False)
    state: Mapped[str] = mapped_column(String(10), nullable=False)
    progress: Mapped[int] = mapped_column(Integer, nullable=False)
    total: Mapped[int | None] = mapped_column(Integer)
    # While a job runs this is what is known so far, so that a progress page can say more than a number.
    result: Mapped[Any | None] = mapped_column(Json)
    # {"code", ...}: codes and parameters, never a stack.
    error: Mapped[Any | None] = mapped_column(Json)
    # Who asked, as "<kind of actor>/<id>".
    owner: Mapped[str | None] = mapped_column(String(80))
    # The chain of causes goes on where the job was planned: {"correlation_id", "causation_id", "traceparent"}.
    trace: Mapped[Any | None] = mapped_column(Json)
    # Planned again while it ran: it runs once more afterwards.
    again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, nullable=False)
    # A new token for each claim: a worker that lost its lease and took the job again is another claimer.
    claimed_by: Mapped[str | None] = mapped_column(String(36))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
