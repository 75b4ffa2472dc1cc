"""Rebuilding a projection: read everything again into tables beside, then exchange the content.

The tables beside are temporary ones of the same names on one connection: unqualified names find them first, on both
databases, so the handlers run unchanged and no role needs to create anything. The consumers go on meanwhile; they
pause only for the tail and the exchange, because that transaction holds their cursors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Connection, delete, insert, select, text
from sqlalchemy.orm import Session

from shared import clock
from shared.access import SYSTEM, acting_as
from shared.db import every_branch
from shared.db.scope import EVERY
from shared.db.units import Unit
from shared.events.applying import current_version, is_erasure, run_projection
from shared.events.envelope import Event
from shared.events.handlers import Projection
from shared.events.tables import BuiltProjection, Cursor, Parked
from shared.runtime import Runtime

log = structlog.get_logger(__name__)

PAGE = 1000
_cursor = Cursor.__table__


def rebuild(runtime: Runtime, name: str) -> int:
    """Rebuild one projection from position 1 of every source it hears; returns the events read. KeyError for an
    unknown name.
    """
    projection = runtime.handlers.projections[name]
    with every_branch(), acting_as(SYSTEM), _beside(runtime, projection) as (connection, session):
        read = dict.fromkeys(sorted(projection.sources & set(runtime.service.hears)), 0)
        total = 0
        for source in read:
            total += _read_up_to(runtime, projection, connection, session, source, read, _positions(connection)[source])
        with _writing(connection):
            locked = _positions(connection, list(read))
            for source in read:
                total += _tail(runtime, projection, session, source, read, locked[source])
            session.flush()
            _exchange(connection, projection)
            connection.execute(delete(BuiltProjection).where(BuiltProjection.name == name))
            connection.execute(
                insert(BuiltProjection), {"name": name, "types": fingerprint(projection), "built_at": clock.now()}
            )
    log.info("projection.rebuilt", service=runtime.service.name, projection=name, events=total)
    return total


def rebuild_projections_of(runtime: Runtime, source: str) -> None:
    """Rebuild every projection that hears ``source`` (its log was restored)."""
    for projection in runtime.handlers.projections.values():
        if source in projection.sources:
            rebuild(runtime, projection.name)


def fingerprint(projection: Projection) -> str:
    """What the projection is made from, as text."""
    return " ".join(sorted(projection.types))


# -- reading ---------------------------------------------------------------------------------------------------------
# -------------


def _read_up_to(
    runtime: Runtime,
    projection: Projection,
    connection: Connection,
    session: Session,
    source: str,
    read: dict[str, int],
    until: int,
) -> int:
    """Page by page, each in a transaction of its own, until less than a page is left behind the moving cursor."""
    total = 0
    while read[source] < until:
        with connection.begin():
            total += _page(runtime, projection, session, source, read, until)
            session.flush()
            session.expunge_all()
        if read[source] >= until:
            with connection.begin():
                until = _positions(connection)[source]
            if until - read[source] < PAGE:
                break
    return total


def _tail(
    runtime: Runtime, projection: Projection, session: Session, source: str, read: dict[str, int], until: int
) -> int:
    total = 0
    while read[source] < until:
        total += _page(runtime, projection, session, source, read, until)
    return total


def _page(
    runtime: Runtime, projection: Projection, session: Session, source: str, read: dict[str, int], until: int
) -> int:
    page = runtime.peers[source].page(read[source], PAGE)
    events = [event for event in page.events if event.position <= until]
    if not events:
        raise RuntimeError(f"{source} no longer has position {read[source] + 1}")
    skipped = _parked_positions(session, source, events)
    run_projection(
        session, projection, [e for e in map(current_version, events) if _readable(e) and e.position not in skipped]
    )
    read[source] = events[-1].position
    return len(events)


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


def _positions(connection: Connection, lock: list[str] | None = None) -> dict[str, int]:
    query = select(_cursor.c.source, _cursor.c.position).order_by(_cursor.c.source)
    if lock is not None:
        query = query.where(_cursor.c.source.in_(lock)).with_for_update()
    found = dict(connection.execute(query).all())
    return _WithZero(found)


class _WithZero(dict):
    def __missing__(self, key: str) -> int:
        return 0


# -- tables beside
# ----------------------------------------------------------------------------------------------------------------


@contextmanager
def _beside(runtime: Runtime, projection: Projection) -> Iterator[tuple[Connection, Session]]:
    database = runtime.database
    connection = database.group_engine.connect()
    try:
        if database.dialect == "sqlite":
            # Temporary tables are written under a plain BEGIN: the real file's write lock stays with the consumers.
            _pragma(connection, "query_only=0")
            _pragma(connection, "foreign_keys=OFF")
        with connection.begin():
            for table in projection.tables:
                for statement in _definitions(connection, table):
                    connection.exec_driver_sql(statement)
        yield connection, Unit(database, EVERY, connection, writes=True).session
    finally:
        # The connection has temporary tables that hide the real ones: it must never go back to the pool.
        connection.invalidate()
        connection.close()


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


@contextmanager
def _writing(connection: Connection) -> Iterator[None]:
    """The one transaction that touches the real tables: on SQLite it stands in line like every writer."""
    if connection.dialect.name == "sqlite":
        connection.execution_options(write=True)
    with connection.begin():
        yield


def _pragma(connection: Connection, text_: str) -> None:
    connection.connection.dbapi_connection.execute(f"PRAGMA {text_}")
