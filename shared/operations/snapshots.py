"""One database as one file, and back: SQLite's own ``VACUUM INTO``, PostgreSQL's own ``pg_dump``; never a file copy.

A database that comes back has forgotten what happened since, so its log begins a new epoch, in the same transaction or
before it is moved into place: there is no moment at which an old log could be taken for the present one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from shared.db.migrate import locked
from shared.db.postgresql import postgresql_engine
from shared.db.sqlite import connect, database_file, quick_check
from shared.events.numbering import begin_epoch
from shared.ids import uuid7
from shared.settings.environment import Environment

# A backup is taken from a running house: whose hands a cursor or the log was in is not true of another life.
_HANDS = ("UPDATE cursor SET running = NULL", "DELETE FROM relay_lease")
_EMPTY = """
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', found.tablename);
  END LOOP;
END $$;
"""
_NEW_LIFE = """
INSERT INTO public.epoch (number, epoch, after_position, started_at)
  SELECT (SELECT max(number) FROM public.epoch) + 1, '{epoch}', position, now()
  FROM public.log_counter WHERE name = 'head';
UPDATE public.log_counter SET position = head.position
  FROM (SELECT position FROM public.log_counter WHERE name = 'head') AS head
  WHERE name = 'published' AND log_counter.position > head.position;
UPDATE public.cursor SET running = NULL;
DELETE FROM public.relay_lease;
"""


class CannotSave(RuntimeError):
    """A database cannot be backed up or restored; the message says why and what helps."""


def owner(environment: Environment) -> URL:
    """The address of the owner of the tables."""
    url = make_url(environment.owner_database_url or environment.database_url)
    if url.get_backend_name() == "postgresql" and not environment.owner_database_url:
        raise CannotSave(f"YINGBIN_{environment.service.upper()}_OWNER_DATABASE_URL is needed: the owner of the tables")
    return url


def kind(environment: Environment) -> str:
    """``sqlite`` or ``postgresql``."""
    return make_url(environment.database_url).get_backend_name()


# -- out


def save(environment: Environment, file: Path) -> dict[str, Any]:
    """Write the database into ``file`` as it is at one instant; returns where its log and cursors stood then."""
    url = owner(environment)
    return _save_sqlite(url, file) if kind(environment) == "sqlite" else _save_postgresql(url, file)


def _save_sqlite(url: URL, file: Path) -> dict[str, Any]:
    if not database_file(url).exists():
        raise CannotSave(f"{database_file(url)} does not exist: nothing to back up")
    with closing(connect(database_file(url))) as connection:
        # A reader among readers: nobody who writes waits for it.
        connection.execute("PRAGMA query_only=0")
        connection.execute("VACUUM INTO ?", (str(file),))
    file.chmod(0o600)
    quick_check(URL.create("sqlite", database=str(file)))
    with _reading(URL.create("sqlite", database=str(file))) as saved:
        return standing(saved)


def _save_postgresql(url: URL, file: Path) -> dict[str, Any]:
    with _reading(url) as connection:
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        stood = standing(connection)
        # Row security binds the owner too; its own policy shows it every row.
        _postgresql(
            "pg_dump", url, "--format=custom", "--enable-row-security", "--no-owner", f"--snapshot={snapshot}",
            f"--file={file}",
        )  # fmt: skip
    file.chmod(0o600)
    return stood


def standing(connection: Connection) -> dict[str, Any]:
    """The schema's revision, the log's epoch and head, what the bus was told, and how far each source was heard."""
    counters: dict[str, int] = dict(connection.execute(text("SELECT name, position FROM log_counter")).all())  # type: ignore[arg-type]
    cursors = connection.execute(text("SELECT source, position, epoch FROM cursor ORDER BY source"))
    return {
        "revision": connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one(),
        "epoch": connection.execute(text("SELECT epoch FROM epoch ORDER BY number DESC LIMIT 1")).scalar_one(),
        "head": counters["head"],
        "published": counters["published"],
        "cursors": {source: {"position": position, "epoch": epoch} for source, position, epoch in cursors},
    }


@contextmanager
def _reading(url: URL) -> Iterator[Connection]:
    """One transaction that sees one instant."""
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite:
        engine = create_engine(url, poolclass=NullPool)
    else:
        engine = postgresql_engine(url, application="yingbin-backup", pool_size=1, guarded=False)
    try:
        with engine.connect() as connection, connection.begin():
            if not sqlite:
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield connection
    finally:
        engine.dispose()


# -- back


def occupied(environment: Environment) -> str:
    """What stands where the database would come back to; empty when nothing does."""
    url = owner(environment)
    if kind(environment) == "sqlite":
        return str(database_file(url)) if database_file(url).exists() else ""
    with _reading(url) as connection:
        tables = connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).scalar_one()
    return f"database {url.database} with {tables} tables" if tables else ""


def served(environment: Environment) -> int:
    """How many connections the running product has to a PostgreSQL database (SQLite: see serving.py)."""
    if kind(environment) == "sqlite":
        return 0
    roles = [make_url(url).username for url in (environment.database_url, environment.group_database_url or "") if url]
    with _reading(owner(environment)) as connection:
        return connection.execute(
            text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = ANY(:roles)"),
            {"roles": roles},
        ).scalar_one()


def bring_back(environment: Environment, file: Path, aside: Path) -> None:
    """Put the saved database in its place, living a new epoch. What a SQLite file replaces goes to ``aside``."""
    url = owner(environment)
    if kind(environment) == "sqlite":
        _bring_back_sqlite(database_file(url), file, aside)
    else:
        _bring_back_postgresql(url, file)


def _bring_back_sqlite(place: Path, file: Path, aside: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f"{place.name}.restoring")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out, file.open("rb") as saved:
        shutil.copyfileobj(saved, out)
    quick_check(URL.create("sqlite", database=str(beside)))
    with locked(URL.create("sqlite", database=str(beside))) as connection:
        begin_epoch(connection)
        for statement in _HANDS:
            connection.execute(text(statement))
    for lock in beside.parent.glob(f"{beside.name}*"):
        if lock != beside:
            lock.unlink()
    for ending in ("-wal", "-shm", ""):
        old = place.with_name(place.name + ending)
        if old.exists():
            aside.mkdir(parents=True, exist_ok=True, mode=0o700)
            old.rename(aside / old.name)
    beside.rename(place)


def _bring_back_postgresql(url: URL, file: Path) -> None:
    sql = file.with_name(f"{file.name}.{uuid7()}.sql")
    try:
        os.close(os.open(sql, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _postgresql("pg_restore", None, "--no-owner", f"--file={sql}", str(file))
        # One transaction: nobody ever sees the old log without its new epoch.
        new_life = _NEW_LIFE.format(epoch=uuid7())
        _postgresql(
            "psql", url, "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1",
            "--output=/dev/null", f"--command={_EMPTY}", f"--file={sql}", f"--command={new_life}",
        )  # fmt: skip
    finally:
        sql.unlink(missing_ok=True)


def _postgresql(program: str, url: URL | None, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs; the password is told by the environment, where no list of processes
    shows it.
    """
    found = shutil.which(program)
    if found is None:
        raise CannotSave(f"{program} is not on this machine: install PostgreSQL's client programs")
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}
    told = list(arguments)
    if url is not None:
        plain = url.set(drivername="postgresql", password=None)
        told.insert(0, f"--dbname={plain.render_as_string()}")
        if url.password:
            environment["PGPASSWORD"] = str(url.password)
    done = subprocess.run(
        [found, *told], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotSave(f"{program}: {done.stderr.strip()[-800:]}")
