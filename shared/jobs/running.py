"""Doing one claimed job: its place, its lease, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from shared import clock
from shared.access import SYSTEM, acting_as
from shared.db import after_commit, branch_scope, database_now, every_branch, transaction
from shared.faults import fp
from shared.jobs.claiming import Claim
from shared.jobs.kinds import JobFailed
from shared.jobs.model import DONE, FAILED, RUNNING, WAITING, Job
from shared.trace import tracing

log = structlog.get_logger(__name__)

LONGEST_PAUSE_SECONDS = 3600
SHOW_SECONDS = 0.5


class LeaseLost(RuntimeError):
    """Another worker has the job now, or it was cancelled: everything since the last checkpoint is rolled back."""


class Interrupted(Exception):
    """The process is asked to end: the job is given back and somebody goes on from its last checkpoint."""


class RunningJob:
    """What a handler is given. ``payload``: what was planned, or what the last committed checkpoint put there."""

    def __init__(self, claim: Claim, *, now: datetime | None = None, stop: Event | None = None) -> None:
        self.id, self.kind, self.subject, self.branch = claim.job_id, claim.kind.name, claim.subject, claim.branch
        self.payload, self.result = claim.payload, claim.result
        self.progress, self.total = claim.progress, claim.total
        self.due_at, self.attempt, self.owner = claim.due_at, claim.attempt, claim.owner
        self.kept_days = claim.kind.kept_days
        self._claim, self._now, self.stop = claim, now, stop
        self._beaten = clock.monotonic()
        self._again: tuple[datetime, Any] | None = None

    def checkpoint(self, session: Session, **changed: Any) -> None:
        """Keep ``progress``, ``total``, ``payload``, ``result`` in the caller's transaction, and renew the lease.

        Raises LeaseLost, so that the effects of this transaction are rolled back, when another worker has the job.
        """
        until = self._time(session) + timedelta(seconds=self._claim.kind.lease_seconds)
        # Whoever gets on is not a job that kills its workers.
        self._write(session, **changed, claimed_until=until, attempts=0)
        after_commit(session, lambda: self._keep(changed))

    def _keep(self, changed: dict[str, Any]) -> None:
        self._beaten = clock.monotonic()
        for name, value in changed.items():
            setattr(self, name, value)

    def beat(self, **changed: Any) -> None:
        """Between two steps of a long job: show ``progress``, ``total``, ``result`` (at most twice a second), renew.

        Raises Interrupted when the process is to end, LeaseLost when the job is another's or cancelled. Opens a
        transaction of its own, so never call it inside one.
        """
        if self.stop is not None and self.stop.is_set():
            raise Interrupted
        since = clock.monotonic() - self._beaten
        if since > self._claim.kind.lease_seconds / 3 or (changed and since > SHOW_SECONDS):
            with transaction() as session:
                until = self._time(session) + timedelta(seconds=self._claim.kind.lease_seconds)
                self._write(session, **changed, claimed_until=until)
            self._keep(changed)

    def again(self, due_at: datetime, payload: Any = None) -> None:
        """Do not end: wait for ``due_at`` and run once more (recurring work). ``payload`` None keeps the present."""
        self._again = (due_at, self.payload if payload is None else payload)

    def _time(self, session: Session) -> datetime:
        return self._now or database_now(session)

    def _write(self, session: Session, **values: Any) -> None:
        session.flush()
        changed = update(Job).where(
            Job.id == self.id, Job.claimed_by == self._claim.token, Job.state == RUNNING
        ).values(**values)  # fmt: skip
        done: Any = session.execute(changed.execution_options(synchronize_session=False))
        if not done.rowcount:
            raise LeaseLost(self.kind)

    def _done(self, session: Session, result: Any) -> None:
        at = self._time(session)
        free: dict[str, Any] = {"claimed_by": None, "claimed_until": None}
        if self._again is not None:
            due_at, payload = self._again
            self._write(session, state=WAITING, due_at=due_at, payload=payload, attempts=0, again_at=None, **free)
            return
        if result is not None:
            free["result"] = result
        self._write(
            session, state=DONE, finished_at=at, error=None, expires_at=at + timedelta(days=self.kept_days), **free
        )
        # Planned again while it ran. The order matters: the row is ours by now, so nobody can ask in between.
        once_more = update(Job).where(Job.id == self.id, Job.again_at.is_not(None)).values(
            state=WAITING, due_at=Job.again_at, again_at=None, attempts=0, finished_at=None, expires_at=None
        )  # fmt: skip
        session.execute(once_more.execution_options(synchronize_session=False))

    def _not_done(self, **values: Any) -> None:
        with transaction() as session:
            self._write(session, claimed_by=None, claimed_until=None, **values)

    def _put_off(self, code: str) -> None:
        with transaction() as session:
            at = self._time(session)
            if self.attempt >= self._claim.kind.attempts:
                ended = {"state": FAILED, "finished_at": at, "expires_at": at + timedelta(days=self.kept_days)}
            else:
                pause = min(2**self.attempt, LONGEST_PAUSE_SECONDS)
                ended = {"state": WAITING, "due_at": at + timedelta(seconds=pause)}
            self._write(session, error={"code": code}, claimed_by=None, claimed_until=None, **ended)

    def _fail(self, error: JobFailed) -> None:
        with transaction() as session:
            at = self._time(session)
            found = {} if error.result is None else {"result": error.result}
            self._write(
                session, state=FAILED, error={"code": error.code, **error.details}, finished_at=at, claimed_by=None,
                claimed_until=None, expires_at=at + timedelta(days=self.kept_days), **found,
            )  # fmt: skip


def run(claim: Claim, *, now: datetime | None = None, stop: Event | None = None) -> None:
    """Do one claimed job and write down how it ended. Never raises what a handler raised; a lost lease is silent."""
    job = RunningJob(claim, now=now, stop=stop)
    try:
        with _inside(claim):
            try:
                if claim.kind.long:
                    result = claim.kind.handler(job)
                    fp("jobs.long.before_done")
                    with transaction() as session:
                        job._done(session, result)
                else:
                    with transaction() as session:
                        fp("jobs.timer.before_handler")
                        job._done(session, claim.kind.handler(job))
                        fp("jobs.timer.before_commit")
                    fp("jobs.timer.after_commit")
            except Interrupted:
                job._not_done(state=WAITING, attempts=max(claim.attempt - 1, 0))
            except JobFailed as error:
                job._fail(error)
            except LeaseLost:
                raise
            except Exception as error:
                # Kind and place, never the message: it may repeat what a row says of a person.
                log.error("jobs.failed", kind=job.kind, job_id=job.id, attempt=job.attempt, **_seen(error))
                job._put_off("unexpected")
    except LeaseLost:
        log.warning("jobs.lease_lost", kind=claim.kind.name, job_id=claim.job_id)


def _seen(error: BaseException) -> dict[str, Any]:
    places, stack = [], error.__traceback__
    while stack is not None:
        places.append(f"{stack.tb_frame.f_code.co_filename.rpartition('/')[2]}:{stack.tb_lineno}")
        stack = stack.tb_next
    return {"error": type(error).__name__, "where": places[-6:]}


@contextmanager
def _inside(claim: Claim) -> Iterator[None]:
    scope = branch_scope(claim.branch) if claim.branch and claim.branch != "group" else every_branch()
    with scope, acting_as(SYSTEM), tracing(**claim.trace):
        yield
