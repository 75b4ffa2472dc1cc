"""Planning work and taking it back, in the caller's transaction: a timer exists exactly when its cause does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.access import current_actor
from shared.db import database_now
from shared.i18n import happened
from shared.ids import uuid7
from shared.jobs import queries
from shared.jobs.model import CANCELLED, IS_OPEN, OPEN_STATES, RUNNING, WAITING, Job
from shared.trace import current_trace

_TABLE: Any = Job.__table__
_UNLESS_OPEN: dict[str, Any] = {"index_elements": ["kind", "subject"], "index_where": IS_OPEN}
_INSERT: dict[str, Any] = {
    "postgresql": postgresql.insert(_TABLE).on_conflict_do_nothing(**_UNLESS_OPEN).returning(_TABLE.c.id),
    "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing(**_UNLESS_OPEN).returning(_TABLE.c.id),
}


def plan(
    session: Session, kind: str, subject: str, due_at: datetime | None = None, payload: Any = None,
    branch: str | None = None,
) -> str:  # fmt: skip
    """Plan a job for ``due_at`` (default: at once) and return its id.

    At most one job per kind and subject is open: planned twice, the first stays as it is and its id comes back; planned
    while it runs, it runs once more afterwards. To move one, ``reschedule``. ``payload`` is JSON: ids and codes, no
    personal data. The job runs in ``branch``, or over every branch when there is none.
    """
    trace = current_trace()
    now = database_now(session)
    due = due_at or now
    row = {
        "id": uuid7(), "kind": kind, "subject": subject, "branch_id": branch, "due_at": due,
        "payload": {} if payload is None else payload, "state": WAITING, "progress": 0, "attempts": 0,
        "created_at": now, "owner": _owner(),
        "trace": {"correlation_id": trace.correlation_id, "causation_id": trace.causation_id,
                  "traceparent": trace.traceparent},
    }  # fmt: skip
    insert = _INSERT[session.get_bind().dialect.name].values(row)
    while True:
        if session.execute(insert).first() is not None:
            return row["id"]
        found = queries.open_job(session, kind, subject)
        if found is None:
            continue  # it ended between the two statements: now there is room
        if found.state == WAITING or _once_more(session, found.id, due):
            return found.id


def _once_more(session: Session, job_id: str, due: datetime) -> bool:
    return _changed(session, update(Job).where(Job.id == job_id, Job.state == RUNNING).values(again_at=due)) > 0


def _changed(session: Session, statement: Any) -> int:
    done: Any = session.execute(statement.execution_options(synchronize_session=False))
    return done.rowcount


def _owner() -> str | None:
    actor = current_actor()
    return None if actor.kind == "public" else f"{actor.kind}/{actor.id}"


def cancel(session: Session, kind: str, subject: str) -> bool:
    """Take an open job back; False when there is none (any more). A long one that runs stops at its next checkpoint."""
    return _change_open(session, kind, subject, (WAITING, RUNNING), state=CANCELLED, finished_at=database_now(session))


def stop(session: Session, job_id: str, kept: timedelta) -> bool:
    """Take an open job back because a person says so; it stays ``kept``, for whoever follows it. False when it has
    ended meanwhile.
    """
    now = database_now(session)
    open_one = update(Job).where(Job.id == job_id, Job.state.in_(OPEN_STATES))
    ended = {"state": CANCELLED, "finished_at": now, "expires_at": now + kept, "error": happened("cancelled")}
    return _changed(session, open_one.values(**ended)) > 0


def reschedule(session: Session, kind: str, subject: str, due_at: datetime) -> bool:
    """Move a waiting job to ``due_at``; False when none waits. Lock your own row first, then call this."""
    return _change_open(session, kind, subject, (WAITING,), due_at=due_at, attempts=0)


def _change_open(session: Session, kind: str, subject: str, states: tuple[str, ...], **values: Any) -> bool:
    open_one = update(Job).where(Job.kind == kind, Job.subject == subject, Job.state.in_(states))
    return _changed(session, open_one.values(**values)) > 0


def redact(session: Session, subjects: Iterable[str]) -> int:
    """Empty the jobs about erased subjects ("customer/<id>"), cancel the open ones. Returns how many were touched."""
    wanted = list(subjects)
    now = database_now(session)
    done = 0
    for start in range(0, len(wanted), 500):
        about = Job.subject.in_(wanted[start : start + 500])
        for where, values in (
            (Job.state.in_(OPEN_STATES), {"state": CANCELLED, "finished_at": now}),
            (Job.id.is_not(None), {"payload": {}, "result": None, "error": None}),
        ):
            touched = _changed(session, update(Job).where(about, where).values(**values))
        done += touched
    return done

