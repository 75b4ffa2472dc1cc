"""Rebuilding projections: read everything again into tables beside, then exchange the content.

The tables beside are temporary ones of the same names on one connection: unqualified names find them first, on both
databases, so the handlers run unchanged and no role needs to create anything. The consumers go on meanwhile; they
pause only for the tail and the exchange, because that transaction holds their cursors.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy import Connection, delete, insert, select, text
from sqlalchemy.orm import Session

from shared import clock
from shared.access import SYSTEM, acting_as
from shared.db import every_branch
from shared.db.database import Database
from shared.db.scope import EVERY
from shared.db.units import Unit
from shared.events.envelope import Event
from shared.events.handlers import Projection
from shared.events.projecting import current_version, is_erasure, run_projection
from shared.events.tables import BuiltProjection, Cursor, Parked
from shared.runtime import Runtime

log = structlog.get_logger(__name__)

PAGE = 1000
_cursor = Cursor.__table__


def rebuild(runtime: Runtime, *names: str) -> int:
    """Rebuild projections together, from position 1 of every source they hear; returns the events read. KeyError for
    an unknown name.

    Each page is fetched and read once for all of them: that is most of the work.
    """
    wanted = [runtime.handlers.projections[name] for name in names]
    database = runtime.database
    heard = frozenset().union(*(projection.sources for projection in wanted)) & set(runtime.service.hears)
    with every_branch(), acting_as(SYSTEM), _beside(database, wanted) as connection:
        read = dict.fromkeys(sorted(heard), 0)
        for source in read:
            _read_all(runtime, wanted, connection, source, read)
        if database.dialect == "sqlite":
            # From here on a writer among writers, in line like all of them.
            connection.execution_options(write=True)
        with _session(database, connection) as session:
            locked = _positions(session, list(read))
            for source in read:
                while read[source] < locked[source]:
                    _page(runtime, wanted, session, source, read, locked[source])
            session.flush()
            for projection in wanted:
                _exchange(connection, projection)
                built = {"name": projection.name, "types": fingerprint(projection), "built_at": clock.now()}
                session.execute(delete(BuiltProjection).where(BuiltProjection.name == projection.name))
                session.execute(insert(BuiltProjection), built)
    total = sum(read.values())
    log.info("projections.rebuilt", service=runtime.service.name, projections=names, events=total)
    return total


def rebuild_projections_of(runtime: Runtime, source: str) -> None:
    """Rebuild every projection that hears ``source`` (its log was restored)."""
    rebuild(runtime, *(p.name for p in runtime.handlers.projections.values() if source in p.sources))


def fingerprint(projection: Projection) -> str:
    """What the projection is made from, as text."""
    return " ".join(sorted(projection.types))


# -- reading


def _read_all(
    runtime: Runtime, wanted: list[Projection], connection: Connection, source: str, read: dict[str, int]
) -> None:
    """Page by page, each in a transaction of its own, until less than a page is left behind the moving cursor."""
    while True:
        with _session(runtime.database, connection) as session:
            until = _positions(session)[source]
            if read[source] >= until:
                return
            _page(runtime, wanted, session, source, read, until)
        if until - read[source] < PAGE:
            return


def _page(
    runtime: Runtime, wanted: list[Projection], session: Session, source: str, read: dict[str, int], until: int
) -> None:
    page = runtime.peers[source].page(read[source], PAGE)
    events = [event for event in page.events if event.position <= until]
    if not events:
        raise RuntimeError(f"{source} no longer has position {read[source] + 1}")
    skipped = _parked_positions(session, source, events)
    applied = [e for e in map(current_version, events) if _readable(e) and e.position not in skipped]
    for projection in wanted:
        if source in projection.sources:
            run_projection(session, projection, applied)
    read[source] = events[-1].position


def _readable(event: Event) -> bool:
    return event.data is not None or is_erasure(event)


def _parked_positions(session: Session, source: str, events: list[Event]) -> set[int]:
    """Parked events have had no effect yet; they get theirs when they are released."""
    return set(
        session.execute(
            select(Parked.position).where(
                Parked.source == source, Parked.position.between(events[0].position, events[-1].position)
            )
        ).scalars()
    )


def _positions(session: Session, lock: list[str] | None = None) -> dict[str, int]:
    query = select(_cursor.c.source, _cursor.c.position).order_by(_cursor.c.source)
    if lock is not None:
        query = query.where(_cursor.c.source.in_(lock)).with_for_update()
    return defaultdict(int, session.execute(query).all())


# -- tables beside


@contextmanager
def _beside(database: Database, wanted: list[Projection]) -> Iterator[Connection]:
    connection = database.group_engine.connect()
    try:
        if database.dialect == "sqlite":
            # Temporary tables are written under a plain BEGIN: the real file's write lock stays with the consumers.
            driver: Any = connection.connection.dbapi_connection
            driver.execute("PRAGMA query_only=0")
            driver.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            for projection in wanted:
                for table in projection.tables:
                    for statement in _definitions(connection, table):
                        connection.exec_driver_sql(statement)
        yield connection
    finally:
        # The connection has temporary tables that hide the real ones: it must never go back to the pool.
        connection.invalidate()
        connection.close()


@contextmanager
def _session(database: Database, connection: Connection) -> Iterator[Session]:
    """One transaction on the connection with the tables beside, as handlers know sessions."""
    with connection.begin():
        session = Unit(database, EVERY, connection, writes=True).session
        yield session
        session.flush()
        session.close()


def _definitions(connection: Connection, table: str) -> list[str]:
    if connection.dialect.name == "postgresql":
        return [f"CREATE TEMP TABLE {table} (LIKE {_home(connection)}.{table} INCLUDING ALL)"]
    rows = connection.execute(
        text("SELECT type, sql FROM main.sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL ORDER BY type DESC"),
        {"table": table},
    ).all()
    statements = []
    for kind, sql in rows:
        if kind == "table":
            statements.append(re.sub(r"(?i)^CREATE TABLE", "CREATE TEMP TABLE", sql, count=1))
        else:
            statements.append(re.sub(r"(?i)^(CREATE (?:UNIQUE )?INDEX) ", r"\1 temp.", sql, count=1))
    return statements


def _exchange(connection: Connection, projection: Projection) -> None:
    home = _home(connection)
    beside = "pg_temp" if connection.dialect.name == "postgresql" else "temp"
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    for table in reversed(projection.tables):
        connection.exec_driver_sql(f"DELETE FROM {home}.{table}")  # noqa: S608 - names from our own code
    for table in projection.tables:
        connection.exec_driver_sql(f"INSERT INTO {home}.{table} SELECT * FROM {beside}.{table}")  # noqa: S608


def _home(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        return "main"
    return connection.exec_driver_sql("SELECT current_schema()").scalar_one()
