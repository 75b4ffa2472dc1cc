"""Which database errors pass by themselves: they are waited out, in place, and never held against the work that met
them.
"""

from __future__ import annotations

import sqlite3

import sqlalchemy.exc as sa

from shared.db.turnstile import TurnstileTimeout

_SQLITE_PASSING = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
)


def is_transient(error: BaseException) -> bool:
    """True for a lost or refused connection, a lock or statement timeout, a deadlock, a full disk, an exhausted pool
    or turnstile.
    """
    if isinstance(error, (TurnstileTimeout, sa.TimeoutError, sa.InterfaceError)):
        return True
    if isinstance(error, sa.DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, sa.OperationalError):
        code = getattr(error.orig, "sqlite_errorcode", None)
        # "no such table" is an OperationalError of SQLite too, and will not pass by itself.
        return (
            (code is None
            and not isinstance(error.orig, sqlite3.Error))
            or (code is not None and code & 0xFF in _SQLITE_PASSING)
        )
    return False
