"""Sessions that have ended: signed out, disabled, given other roles, or taken by a thief. Their tokens are refused.

The issuing service writes a row when it ends a session and tells the others; they keep the same rows by projection.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shared import clock
from shared.access.model import EndedSession
from shared.db import Database
from shared.events.envelope import NewEvent

ENDED = "reception.access.session_ended.v1"
REMEMBERED_SECONDS = 2.0
# Longer than any token is accepted, also while its issuer is away (settings.py), with room for clocks that differ.
KEPT = timedelta(hours=13)
_MOST_REMEMBERED = 20_000


def session_ended(session_id: str, staff_id: str, at: datetime) -> NewEvent:
    """No token of this session counts any more."""
    return NewEvent(
        type=ENDED, subject=f"access/{session_id}", branch="group", version=1,
        data={"session_id": session_id, "staff_id": staff_id, "at": clock.wire(at)},
    )  # fmt: skip


def put_ended(session: Session, session_id: str, staff_id: str, at: datetime) -> None:
    """Refuse the tokens of a session from ``at`` on; rows that no token can need any more go.

    What goes follows from ``at`` alone, not from a clock: a rebuilt table equals the live one.
    """
    session.execute(delete(EndedSession).where(EndedSession.ended_at < at - KEPT))
    if session.get(EndedSession, session_id) is None:
        session.add(EndedSession(id=session_id, staff_id=staff_id, ended_at=at))
    session.flush()


class EndedSessions:
    """What one process remembers of them; at most two seconds behind the table. Who has ended stays ended."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, tuple[float, bool]] = {}

    @classmethod
    def of(cls, database: Database) -> EndedSessions:
        """The memory of this database in this process."""
        found = database.memory.get(cls)
        if found is None:
            found = database.memory.setdefault(cls, cls(database))
        return found

    def has(self, session_id: str) -> bool:
        """Whether the session has ended."""
        now = clock.monotonic()
        until, ended = self._known.get(session_id, (0.0, False))
        if ended or now < until:
            return ended
        with self._database.reader() as session:
            ended = session.scalar(select(EndedSession.id).where(EndedSession.id == session_id)) is not None
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[session_id] = (now + REMEMBERED_SECONDS, ended)
        return ended

    def forget(self) -> None:
        """Look again: this process has just ended one, or a test lets time pass."""
        self._known.clear()
