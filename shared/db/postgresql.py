"""PostgreSQL by psycopg 3: one round trip begins a transaction for its branch and shows if the connection lives."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

DRIVER = "postgresql+yingbin"
_GUARDS = {
    "TimeZone": "UTC",
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "30s",
}


class BranchDialect(PGDialect_psycopg):
    """psycopg in autocommit mode, with BEGIN sent by us.

    psycopg would send BEGIN in a round trip of its own before the first statement, and ``set_config`` would be another,
    a pre-ping a third. Here BEGIN and the branch are one, and because nothing has happened yet when it fails on a dead
    connection, the transaction is simply begun again on a new one (``Database``).
    """

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        _run(dbapi_connection, dbapi_connection.info.pop("opening", b"BEGIN"))

    def do_commit(self, dbapi_connection: Any) -> None:
        status = dbapi_connection.driver_connection.pgconn.transaction_status
        if status == TransactionStatus.INERROR:
            # PostgreSQL would answer such a COMMIT with a quiet ROLLBACK, and somebody would be told that it is done.
            _run(dbapi_connection, b"ROLLBACK")
            raise psycopg.errors.InFailedSqlTransaction("a statement failed inside; all was rolled back")
        if status != TransactionStatus.IDLE:
            _run(dbapi_connection, b"COMMIT")

    def do_rollback(self, dbapi_connection: Any) -> None:
        if dbapi_connection.driver_connection.pgconn.transaction_status != TransactionStatus.IDLE:
            _run(dbapi_connection, b"ROLLBACK")


def _run(dbapi_connection: Any, command: bytes) -> None:
    """One round trip by libpq itself, which waits without Python's lock; psycopg's own way costs 25 µs more."""
    driver = dbapi_connection.driver_connection
    result = driver.pgconn.exec_(command)
    if result.status != ExecStatus.COMMAND_OK:
        if driver.closed or driver.broken:
            raise psycopg.OperationalError("the connection to PostgreSQL is gone")
        raise psycopg.errors.error_from_result(result)


registry.register("postgresql.yingbin", "shared.db.postgresql", "BranchDialect")


def opening(branch: str | None, *, write: bool) -> bytes:
    """What begins a transaction. ``branch`` is a checked code (``[a-z0-9-]``): no quoting; None sees no rows."""
    begin = "BEGIN" if write else "BEGIN READ ONLY"
    return (begin if branch is None else f"{begin};SET LOCAL app.branch='{branch}'").encode()


def postgresql_engine(
    url: URL,
    *,
    application: str = "yingbin",
    pool_size: int = 16,
    max_overflow: int = 0,
    pool_timeout: float = 3.0,
    guarded: bool = True,
) -> Engine:
    """An engine with a pool. ``guarded=False`` leaves out the limits of time, for migrations and other long work."""
    options = _GUARDS if guarded else {"TimeZone": "UTC", "lock_timeout": "5s"}
    engine = create_engine(
        url.set(drivername=DRIVER),
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=pool_timeout,
        pool_recycle=1800,
        pool_use_lifo=True,
        connect_args={
            "connect_timeout": 3,
            "tcp_user_timeout": 10_000,
            "keepalives_idle": 30,
            "application_name": application,
            "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
        },
    )

    @event.listens_for(engine, "connect")
    def autocommit(connection: psycopg.Connection, record: Any) -> None:
        connection.autocommit = True

    return engine
