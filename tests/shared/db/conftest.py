"""Both kinds of database, migrated once and empty for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import insert, make_url

from deploy.servers import PostgresServer
from shared.db import Database, every_branch, migrate
from shared.db.postgresql import postgresql_engine
from shared.db.revisions import write_revision
from tests.shared.db.tables import Base, Shed, Tool, Word

APP, GROUP = "kit_app", "kit_group"


@pytest.fixture(scope="session")
def migrations(tmp_path_factory: pytest.TempPathFactory) -> migrate.Migrations:
    """Migrations of the small service, written by our own generator."""
    folder = tmp_path_factory.mktemp("migrations")
    found = migrate.Migrations(folder, (Base.metadata,))
    (folder / "versions").mkdir()
    with migrate.locked(make_url(f"sqlite:///{folder}/empty.db")) as connection:
        write_revision(found, connection, "the sheds")
    return found


@pytest.fixture(scope="session")
def sqlite_template(migrations: migrate.Migrations, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "kit.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_urls(postgres: PostgresServer, migrations: migrate.Migrations) -> Iterator[object]:
    name = f"kit_{os.getpid()}"
    urls = postgres.create_service("kit", name)
    migrations.upgrade(urls.owner, app_role=APP, group_role=GROUP)
    yield SimpleNamespace(owner=urls.owner, app=urls.app, group=urls.group, name=name)
    postgres.drop_database(name)


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "kit.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture
def postgres_database(postgres_urls: SimpleNamespace) -> Iterator[Database]:
    database = Database(postgres_urls.app, postgres_urls.group, postgres_urls.owner)
    yield database
    database.dispose()
    owner = postgresql_engine(make_url(postgres_urls.owner), guarded=False)
    with owner.begin() as connection:
        tables = ", ".join(Base.metadata.tables)
        connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    owner.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def database(request: pytest.FixtureRequest) -> Database:
    return request.getfixturevalue("sqlite_database" if request.param == "sqlite" else "postgres_database")


@pytest.fixture
def two_branches(database: Database) -> None:
    """Shed 1 with tool 1 in bj, shed 2 with tool 2 in sh, and a tool 3 of sh that stands in bj's shed."""
    with every_branch(), database.transaction() as session:
        session.execute(insert(Word), [{"text": "of bj", "shed_id": 1}, {"text": "of sh", "shed_id": 2}])
        session.execute(insert(Shed), [
            {"id": 1, "name": "one", "branch_id": "bj"},
            {"id": 2, "name": "two", "branch_id": "sh"},
        ])
        session.execute(insert(Tool), [
            {"id": 1, "shed_id": 1, "name": "saw", "branch_id": "bj"},
            {"id": 2, "shed_id": 2, "name": "axe", "branch_id": "sh"},
            {"id": 3, "shed_id": 1, "name": "lent", "branch_id": "sh"},
        ])
