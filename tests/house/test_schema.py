"""Models equal migrations, on both databases: what is deployed is what the code believes in."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, text

from deploy.servers import PostgresServer
from shared.db.migrate import Migrations, migrations_of
from shared.service import names


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The owner's address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"house_{uuid.uuid4().hex[:8]}"
    yield server.create_service("house", name).owner
    server.drop_database(name)


@pytest.mark.parametrize("name", names())
def test_models_equal_migrations(name: str, empty: str) -> None:
    migrations = migrations_of(name)
    migrations.upgrade(empty)
    assert migrations.differences(empty) == []


def test_a_forgotten_migration_is_found(empty: str) -> None:
    migrations: Migrations = migrations_of("reporting")
    migrations.upgrade(empty)
    more = MetaData()
    Table("forgotten", more, Column("id", Integer, primary_key=True))
    assert "forgotten" in str(replace(migrations, metadatas=(*migrations.metadatas, more)).differences(empty))
    engine = create_engine(empty.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE daily_figure DROP COLUMN total"))
    engine.dispose()
    assert "total" in str(migrations.differences(empty))
