"""A service with one table and nothing else, on either database: what a mechanism is tried on."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, String, func, make_url, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from deploy.postgres_server import PostgresServer, ServiceUrls
from shared.db import (
    BranchScoped,
    Database,
    ServiceBase,
    branch_scope,
    every_branch,
    mechanism,
    reader,
    service_metadata,
    transaction,
)
from shared.db.migrate import import_mechanism
from shared.db.postgresql import postgresql_engine
from shared.db.row_security import secure
from shared.db.sqlite import migration_engine
from shared.events.wake import Wake
from shared.i18n.wording import Wording
from shared.jobs import JobKinds
from shared.runtime import EXTENSION, Runtime
from shared.service import Service
from shared.settings.environment import Environment
from shared.settings.registry import Registry

BRANCH = "bj-chaoyang"


class Base(ServiceBase):
    metadata = service_metadata()


METADATAS = (mechanism, Base.metadata)


class Effect(BranchScoped, Base):
    """What a job did."""

    __tablename__ = "effect"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    subject: Mapped[str] = mapped_column(String(80), nullable=False)
    step: Mapped[int] = mapped_column(nullable=False, default=0)


class _Bell:
    def ring(self) -> None:
        """Nobody listens."""


class Toy:
    """What a test drives: an app, its jobs and its table."""

    def __init__(self, database: Database, directory: Path) -> None:
        self.app = Flask("toy")
        self.jobs = JobKinds()
        self.settings = Registry()
        service = Service("toy", {"zh": "玩具", "en": "Toy"}, Base, package="tests.shared.jobs")
        environment = Environment(
            service="toy", mode="real", data_dir=directory, port=8000, database_url="", group_database_url=None,
            owner_database_url=None, bus_url="memory://", signing_keys_file=directory / "keys.json",
        )
        runtime: dict[str, Any] = dict.fromkeys(Runtime.__dataclass_fields__)
        runtime |= {
            "app": self.app, "service": service, "environment": environment, "database": database, "wake": _Bell(),
            "pages": Wake(), "jobs": self.jobs, "settings": self.settings, "wording": Wording(), "peers": {},
            "draining": False,
        }
        self.runtime = self.app.extensions[EXTENSION] = Runtime(**runtime)
        self.database = database

    @contextmanager
    def writing(self, branch: str | None = BRANCH) -> Iterator[Session]:
        with self.app.app_context(), branch_scope(branch) if branch else every_branch(), transaction() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.app.app_context(), every_branch(), reader() as session:
            yield session

    def effects(self) -> dict[str, int]:
        """How often each subject has had its effect."""
        with self.reading() as session:
            return dict(session.execute(select(Effect.subject, func.count()).group_by(Effect.subject)).all())


def effect(session: Session, subject: str, step: int = 0) -> None:
    """Something that must happen once."""
    session.add(Effect(id=str(uuid.uuid4()), subject=subject, step=step))
    session.flush()


def sqlite_database(directory: Path) -> Database:
    """A new file with the mechanism's tables and the toy's."""
    import_mechanism()
    url = f"sqlite:///{directory / 'toy.db'}"
    database = Database(url)
    engine = migration_engine(database.url)
    with engine.begin() as connection:
        for metadata in METADATAS:
            metadata.create_all(connection)
    engine.dispose()
    return database


@dataclass
class PostgresToy:
    """One database for all tests of a run that want PostgreSQL; each finds its tables empty."""

    urls: ServiceUrls
    owner: Engine

    def emptied(self) -> Database:
        """The application's and the group's view of it."""
        with self.owner.begin() as connection:
            tables = ", ".join(f'"{table.name}"' for meta in METADATAS for table in meta.sorted_tables)
            connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY")
        return Database(self.urls.app, self.urls.group, self.urls.owner)


@pytest.fixture(scope="session")
def toy_on_postgres(request: pytest.FixtureRequest) -> Iterator[PostgresToy]:
    """The toy's tables on a new database of the run's server, secured as real ones are."""
    import_mechanism()
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"toy_{uuid.uuid4().hex[:8]}"
    urls = server.create_service("toy", name)
    owner = postgresql_engine(make_url(urls.owner), guarded=False)
    with owner.begin() as connection:
        for metadata in METADATAS:
            metadata.create_all(connection)
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num varchar(32))")
        secure(connection, METADATAS, str(make_url(urls.app).username), str(make_url(urls.group).username))
    yield PostgresToy(urls, owner)
    owner.dispose()
    server.drop_database(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def toy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Toy]:
    """The toy service on each kind of database."""
    if request.param == "sqlite":
        database = sqlite_database(tmp_path)
    else:
        database = request.getfixturevalue("toy_on_postgres").emptied()
    yield Toy(database, tmp_path)
    database.dispose()
