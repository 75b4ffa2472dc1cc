"""Writing the log: a change and its event in one transaction, and erasing a person from it afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from shared import clock, contracts
from shared.db import after_commit
from shared.events.envelope import NewEvent, encode_data, plain
from shared.events.tables import EventLog
from shared.ids import uuid7
from shared.runtime import runtime
from shared.trace import current_trace

_INSERT = insert(EventLog.__table__)


def row(event: NewEvent) -> dict[str, Any]:
    """The log row of ``event``, checked against its contract (``ContractBroken``). For a hot path that writes it
    together with others.
    """
    event.check()
    contracts.validate(event.type, event.data)
    trace = current_trace()
    return {
        "event_id": uuid7(),
        "type": event.type,
        "subject": event.subject,
        "branch_id": event.branch,
        "version": event.version,
        "time": clock.now(),
        "correlation_id": plain(trace.correlation_id),
        "causation_id": plain(trace.causation_id),
        "traceparent": plain(trace.traceparent),
        "data": encode_data(event.data),
        "personal": contracts.is_personal(event.type),
    }


def record(session: Session, event: NewEvent) -> str:
    """Write one event into the service's log, in the caller's transaction; returns its id.

    The caller has locked or changed the subject's row before: the log's order of one subject is the order of its
    changes.
    """
    values = row(event)
    session.execute(_INSERT, values)
    ring_after_commit(session)
    return values["event_id"]


def record_many(session: Session, events: Iterable[NewEvent]) -> list[str]:
    """The same for several, in their order, in one statement."""
    rows = [row(event) for event in events]
    if rows:
        session.execute(_INSERT, rows)
        ring_after_commit(session)
    return [values["event_id"] for values in rows]


def ring_after_commit(session: Session) -> None:
    """Wake the relay once the transaction is durable: inside it, the notification would halve the writers'
    throughput.
    """
    if "log_rings" not in session.info:
        session.info["log_rings"] = True
        here = runtime()
        after_commit(session, here.wake.ring)
        # Other processes hear the first one too; here it is a counter in memory.
        after_commit(session, here.pages.bell.ring)


def redact(session: Session, subjects: Iterable[str]) -> int:
    """Empty the data of every personal event about ``subjects`` ("customer/<id>"); positions and envelopes stay.
    Returns the rows.

    Parked events about them lose nothing here, because a parked row never holds personal data (law 9).
    """
    wanted = list(subjects)
    done = 0
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        changed: Any = session.execute(
            update(EventLog)
            .where(EventLog.subject.in_(some), EventLog.personal.is_(True), EventLog.data.is_not(None))
            .values(data=None, redacted_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        done += changed.rowcount
    return done
