"""Positions: 1, 2, 3 … given after commit by the one process that holds the lock.

On PostgreSQL the lock is an advisory one on the very connection that numbers: losing the connection loses both, so a
relay that was declared dead cannot number any more. On SQLite it is a lease that every numbering transaction checks
again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, text

from shared import clock
from shared.events.envelope import LogRow
from shared.events.tables import Epoch, EventLog
from shared.ids import uuid7

PAGE = 500

_NUMBER = text(
    """
    UPDATE event_log SET position = :head + n.rn, previd = coalesce(n.prev, :last_id), epoch = :epoch
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS rn, lag(event_id) OVER (ORDER BY id) AS prev
          FROM (SELECT id, event_id FROM event_log WHERE position IS NULL ORDER BY id LIMIT :page) AS waiting) AS n
    WHERE event_log.id = n.id
    RETURNING position, event_id
    """
)
_log = EventLog.__table__.c
_AFTER = (
    select(
        _log.event_id,
        _log.type,
        _log.subject,
        _log.time,
        _log.branch_id,
        _log.version,
        _log.correlation_id,
        _log.causation_id,
        _log.traceparent,
        _log.data,
        _log.personal,
        _log.redacted_at,
        _log.position,
        _log.previd,
        _log.epoch,
    )
    .where(_log.position > bindparam("after"))
    .order_by(_log.position)
    .limit(bindparam("limit"))
)


def read_after(connection: Connection, source: str, after: int, limit: int) -> list[LogRow]:
    """Numbered rows after a position, in order."""
    return [_log_row(row, source) for row in connection.execute(_AFTER, {"after": after, "limit": limit})]


def _log_row(row: Sequence[Any], source: str) -> LogRow:
    return LogRow(
        id=row[0],
        source=source,
        type=row[1],
        subject=row[2],
        time=clock.wire(row[3]),
        branch=row[4],
        version=row[5],
        correlation_id=row[6],
        causation_id=row[7],
        traceparent=row[8],
        data_text=row[9],
        personal=row[10],
        redacted=row[11] is not None,
        position=row[12],
        previd=row[13],
        epoch=row[14],
    )


def ensure_log(connection: Connection) -> None:
    """Create the counters and the first epoch of a new log (once, by ``migrate``)."""
    connection.execute(
        text(
            "INSERT INTO log_counter (name, position, event_id) VALUES ('head', 0, NULL), ('published', 0, NULL)"
            " ON CONFLICT DO NOTHING"
        )
    )
    if connection.execute(select(func.count()).select_from(Epoch.__table__)).scalar_one() == 0:
        connection.execute(
            insert(Epoch.__table__), {"number": 1, "epoch": uuid7(), "after_position": 0, "started_at": clock.now()}
        )


def begin_epoch(connection: Connection) -> str:
    """Open a new epoch after the last position this log still has (a restore does it); returns its id.

    Events that were numbered before stay in the old epoch. What was in a lost tail is gone here, and every consumer
    learns it.
    """
    (number,) = connection.execute(text("SELECT max(number) FROM epoch")).one()
    head = connection.execute(text("SELECT position FROM log_counter WHERE name = 'head'")).scalar_one()
    epoch = uuid7()
    connection.execute(
        insert(Epoch.__table__),
        {"number": number + 1, "epoch": epoch, "after_position": head, "started_at": clock.now()},
    )
    # The bus may have been told of positions that this log has given to nobody: publishing starts again at the new
    # beginning.
    connection.execute(
        text("UPDATE log_counter SET position = :head WHERE name = 'published' AND position > :head"), {"head": head}
    )
    return epoch


def number_page(connection: Connection, page: int = PAGE) -> int:
    """Give the next positions to committed, unnumbered events, in the order of their ids; returns how many. Caller
    commits.
    """
    state = connection.execute(
        text(
            "SELECT c.position, c.event_id, e.epoch FROM log_counter c, epoch e "
            "WHERE c.name = 'head' AND e.number = (SELECT max(number) FROM epoch)"
        )
    ).one()
    given = connection.execute(_NUMBER, {"head": state[0], "last_id": state[1], "epoch": state[2], "page": page}).all()
    if given:
        last = max(given)
        connection.execute(
            text("UPDATE log_counter SET position = :position, event_id = :event_id WHERE name = 'head'"),
            {"position": last[0], "event_id": last[1]},
        )
    return len(given)
