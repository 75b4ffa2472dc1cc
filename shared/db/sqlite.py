"""SQLite as a server would behave: readers cannot write, writers stand in line, what is acknowledged is on the disk."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import NullPool, QueuePool

from shared.db.turnstile import Turnstile

DRIVER = "sqlite+yingbin"
BUSY_SECONDS = 5.0
_PRAGMAS = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
PRAGMA secure_delete=ON;
PRAGMA temp_store=MEMORY;
"""


class WriterDialect(SQLiteDialect_pysqlite):
    """pysqlite in autocommit mode, with BEGIN sent by us: IMMEDIATE for who passed the turnstile."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        driver = dbapi_connection.dbapi_connection
        if dbapi_connection.record_info.get("turnstile", False):
            driver.execute("PRAGMA query_only=0")
            driver.execute("BEGIN IMMEDIATE")
        else:
            driver.execute("BEGIN")


registry.register("sqlite.yingbin", "shared.db.sqlite", "WriterDialect")


class CorruptDatabase(RuntimeError):
    """``quick_check`` found damage: the service must not start on this file."""


def database_file(url: URL) -> Path:
    """The file behind a SQLite address; ValueError for memory, which no second connection could see."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise ValueError("SQLite addresses name a file: sqlite:///path/to/file.db")
    return Path(url.database).absolute()


def sqlite_engine(url: URL, *, pool_size: int = 16, max_overflow: int = 0, pool_timeout: float = 3.0) -> Engine:
    """The engine of a running service. The file must exist: a moved one is an error, never a new empty database."""
    path = database_file(url)
    engine = create_engine(
        f"{DRIVER}://",
        creator=lambda: connect(path),
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=pool_timeout,
        pool_use_lifo=True,
    )
    _guard(engine, Turnstile(path, BUSY_SECONDS))
    return engine


def connect(path: Path, *, create: bool = False, foreign_keys: bool = True) -> sqlite3.Connection:
    """A connection in the driver's autocommit mode (transactions are begun by us), read-only until a writer begins."""
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # before SQLite does, with everybody's umask
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw",
        uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=512,
    )
    try:
        connection.executescript(_PRAGMAS + f"PRAGMA foreign_keys={int(foreign_keys)}; PRAGMA query_only=1;")
    except BaseException:
        connection.close()
        raise
    return connection


def migration_engine(url: URL) -> Engine:
    """For ``migrate`` alone: creates the file; foreign keys are off, or a rebuilt parent would delete its children."""
    path = database_file(url)
    engine = create_engine(
        f"{DRIVER}://", creator=lambda: connect(path, create=True, foreign_keys=False), poolclass=NullPool
    )
    _guard(engine, Turnstile(path, 60.0))
    return engine.execution_options(write=True)


def checkpoint(url: URL) -> None:
    """Move everything from the write-ahead log into the file and empty it: after an erasure no old bytes stay there."""
    connection = connect(database_file(url))
    try:
        connection.execute("PRAGMA query_only=0")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _guard(engine: Engine, turnstile: Turnstile) -> None:
    """Readers begin plainly and cannot write; ``write=True`` waits in line.

    The place is freed at the pool's checkin, not at ``commit``: that event fires before the commit.
    """

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("write", False):
            # record_info, because info is emptied with a broken connection, whose place must be freed too.
            record: Any = connection.connection.record_info
            if not record.get("turnstile", False):
                turnstile.enter()
                record["turnstile"] = True

    @event.listens_for(engine, "checkin")
    def checkin(dbapi_connection: Any, record: Any) -> None:
        if record.record_info.pop("turnstile", False):
            try:
                if dbapi_connection is not None:
                    dbapi_connection.execute("PRAGMA query_only=1")
            finally:
                turnstile.leave()


def quick_check(url: URL) -> None:
    """Read through the whole file; CorruptDatabase says what SQLite found and what to do. A missing file is not."""
    path = database_file(url)
    if not path.exists():
        return
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=BUSY_SECONDS)
        try:
            found = [row[0] for row in connection.execute("PRAGMA quick_check(5)")]
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    if found != ["ok"]:
        raise CorruptDatabase(
            f"{path} is damaged ({'; '.join(found)[:300]}). Stop, move {path.name}, {path.name}-wal and {path.name}-shm"
            " away and restore the last backup; a restored log begins a new epoch."
        )

