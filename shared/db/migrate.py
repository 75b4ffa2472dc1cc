"""Migrations without ceremony: alembic's engine, one folder of dated scripts per service, no ini file and no env.py.

``upgrade`` runs in one transaction under a lock, so a failed migration leaves the database as it was and two at
once take turns. On PostgreSQL it ends with ``row_security.secure``: policies and grants are code, applied every time.

Developers: ``python -m shared.db.migrate revision <service> "<message>"`` and ``... differences <service>``.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, MetaData, make_url, text

from shared.db.mechanism import mechanism
from shared.db.postgresql import postgresql_engine
from shared.db.row_security import secure
from shared.db.sqlite import migration_engine

# Whoever adds a table to every service's database adds its module here.
MECHANISM_MODULES = (
    "shared.events.tables",
    "shared.access.model",
    "shared.branches.model",
    "shared.files.model",
    "shared.http.model",
    "shared.jobs.model",
    "shared.privacy.model",
    "shared.settings.model",
)
_LOCK = 0x5942_4D49  # "YBMI"; the relay has a number of its own
_LOCK_WAIT = "60s"
_one_at_a_time = threading.Lock()


class BrokenReferences(RuntimeError):
    """A migration would leave rows that point to nothing; it was rolled back."""


@dataclass(frozen=True)
class Migrations:
    """The scripts of one service in ``folder``/versions, and the models that they lead to."""

    folder: Path
    metadatas: tuple[MetaData, ...]
    # Rows that a service cannot begin without (the counters of its log), written with the tables.
    prepare: Callable[[Connection], None] | None = None

    @property
    def script(self) -> ScriptDirectory:
        """Alembic's view of the folder."""
        return ScriptDirectory(str(self.folder), version_locations=[str(self.folder / "versions")])

    def head(self) -> str | None:
        """The newest revision, None when there is no script yet."""
        return self.script.get_current_head()

    def current(self, connection: Connection) -> str | None:
        """The revision that a database stands at."""
        return MigrationContext.configure(connection).get_current_revision()

    def upgrade(
        self, url: str | URL, *, app_role: str | None = None, group_role: str | None = None, to: str = "head"
    ) -> tuple[str | None, str | None]:
        """Bring the database at the owner's ``url`` to revision ``to``; returns where it stood and where it stands.

        On PostgreSQL with roles, tables are then secured for them. BrokenReferences, or the database's own error.
        """
        with locked(make_url(url)) as connection:
            before = self.current(connection)
            self._run(connection, to)
            if self.prepare is not None and self.head() is not None:
                self.prepare(connection)
            if connection.dialect.name == "sqlite":
                _check_references(connection)
            elif app_role and group_role:
                secure(connection, self.metadatas, app_role, group_role)
            return before, self.current(connection)

    def differences(self, url: str | URL) -> list[Any]:
        """What the models say and the database does not have, or the other way round: none, after an upgrade."""
        with locked(make_url(url)) as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "target_metadata": list(self.metadatas), "include_name": _ours}
            )
            return compare_metadata(context, list(self.metadatas))  # type: ignore[arg-type]

    def _run(self, connection: Connection, to: str) -> None:
        script = self.script

        def steps(revision: Any, context: MigrationContext) -> Any:
            return script._upgrade_revs(to, revision)

        # alembic's ``op`` is one per process: of two threads, one would write into the other's database.
        with _one_at_a_time, EnvironmentContext(Config(), script, fn=steps, destination_rev=to) as environment:
            environment.configure(connection=connection, target_metadata=list(self.metadatas), transactional_ddl=True)
            environment.run_migrations()


def migrations_of(service_name: str) -> Migrations:
    """The migrations of a service, with all its models and the mechanism's imported."""
    # A service's models and the log's tables import shared.db.
    from shared.events.numbering import ensure_log
    from shared.service import load, rooms

    service = load(service_name)
    rooms(service, "model")
    import_mechanism()
    folder = Path(importlib.import_module(service.package).__path__[0]) / "migrations"
    return Migrations(folder, (mechanism, service.base.metadata), ensure_log)


def import_mechanism() -> None:
    """Import every module that adds a table to ``mechanism``."""
    for module in MECHANISM_MODULES:
        importlib.import_module(module)


def upgrade(service_name: str, environment: Any) -> tuple[str | None, str | None]:
    """Migrate a service's database, as ``environment`` addresses it. Returns the revision before and after."""
    owner = make_url(environment.owner_database_url or environment.database_url)
    roles: dict[str, Any] = {}
    if owner.get_backend_name() == "postgresql":
        app, group = make_url(environment.database_url), make_url(environment.group_database_url or "")
        if app.username == owner.username:
            raise ValueError(f"{service_name}: the role that serves must not own the tables ({app.username})")
        roles = {"app_role": app.username, "group_role": group.username}
    return migrations_of(service_name).upgrade(owner, **roles)


def differences(service_name: str, url: str | URL) -> list[Any]:
    """Model against database, for the house test and ``doctor``."""
    return migrations_of(service_name).differences(url)


def revision(service_name: str, message: str) -> Path | None:
    """Write the script that leads from the newest revision to the models; None when they are equal."""
    from shared.db.revisions import write_revision  # needs alembic's renderer, which running services do not

    migrations = replace(migrations_of(service_name), prepare=None)
    (migrations.folder / "versions").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/empty.db"
        migrations.upgrade(url)
        with locked(make_url(url)) as connection:
            return write_revision(migrations, connection, message)


def _ours(name: str | None, kind: str, parents: Any) -> bool:
    return not (kind == "table" and name is not None and name.endswith("__new"))


def _check_references(connection: Connection) -> None:
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        tables = sorted({str(row[0]) for row in broken})
        raise BrokenReferences(f"{len(broken)} rows without their parent in {', '.join(tables)}")


@contextmanager
def locked(url: URL) -> Iterator[Connection]:
    """A transaction as the owner, never two at once: SQLite's turnstile, PostgreSQL's advisory lock."""
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite:
        engine = migration_engine(url)
    else:
        engine = postgresql_engine(url, application="yingbin migrate", pool_size=1, guarded=False)
    try:
        with engine.begin() as connection:
            if not sqlite:
                connection.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": _LOCK_WAIT})
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                connection.execute(text("SELECT set_config('lock_timeout', '5s', true)"))
            yield connection
    finally:
        engine.dispose()


def main(arguments: Sequence[str]) -> int:
    """The developers' command."""
    match list(arguments):
        case ["revision", service, message]:
            print(revision(service, message) or "nothing to do")  # noqa: T201
        case ["differences", service]:
            migrations = migrations_of(service)
            with tempfile.TemporaryDirectory() as folder:
                migrations.upgrade(f"sqlite:///{folder}/empty.db")
                found = migrations.differences(f"sqlite:///{folder}/empty.db")
            print("\n".join(map(str, found)) or "none")  # noqa: T201
            return bool(found)
        case _:
            print(__doc__)  # noqa: T201
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
