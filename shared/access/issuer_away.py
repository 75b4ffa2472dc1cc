"""Whether the issuer of tokens can be reached from here: while it cannot, nobody could get a new token, so old ones
count for longer.

The consumer of the issuer's feed knows; it writes a change of this on its cursor (``shared.events.consumer``), so that
the processes that answer requests see it too.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from shared import clock, settings
from shared.access.settings import ACCEPTED_WHILE_AWAY
from shared.db import Database

REMEMBERED_SECONDS = 2.0


class IssuerAway:
    """What one process remembers of it; at most two seconds behind."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._accepted: timedelta | None = None
        self._until = 0.0

    @classmethod
    def of(cls, database: Database) -> IssuerAway:
        """The memory of this database in this process."""
        found = database.memory.get(cls)
        if found is None:
            found = database.memory.setdefault(cls, cls(database))
        return found

    def accepted_for(self, issuer: str) -> timedelta | None:
        """How long after its issue a token counts now; None while the issuer is there: only until it expires."""
        if self._until < clock.monotonic():
            self._accepted = self._read(issuer)
            self._until = clock.monotonic() + REMEMBERED_SECONDS
        return self._accepted

    def forget(self) -> None:
        """Look again: a test lets time pass."""
        self._until = 0.0

    def _read(self, issuer: str) -> timedelta | None:
        from shared.events.tables import Cursor

        with self._database.reader() as session:
            away = session.scalar(
                select(Cursor.source).where(Cursor.source == issuer, Cursor.unreachable_since.is_not(None))
            )
            if away is None:
                return None
            return timedelta(minutes=settings.value(session, ACCEPTED_WHILE_AWAY))
