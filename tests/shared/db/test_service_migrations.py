"""The migrations of the real services lose no rows on the way and secure every table."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from shared import service
from shared.db import migrate, row_security, unscoped_tables
from tests.shared.db import seeding

ROLES = {"app_role": "kit_app", "group_role": "kit_group"}


@pytest.fixture(params=service.names())
def migrations(request: pytest.FixtureRequest) -> migrate.Migrations:
    return migrate.migrations_of(request.param)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def owner(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The owner's address of a new database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new.db"
        return
    server: Any = request.getfixturevalue("postgres")
    name = f"kit_service_{os.getpid()}"
    yield server.create_service("kit", name).owner
    server.drop_database(name)


def roles(owner: str) -> dict[str, str]:
    return {} if owner.startswith("sqlite") else ROLES


def test_no_migration_loses_rows(migrations: migrate.Migrations, owner: str) -> None:
    """From every revision there ever was, filled with rows, to the newest."""
    revisions = [script.revision for script in migrations.script.walk_revisions()][::-1]
    assert revisions
    migrations.upgrade(owner, **roles(owner), to=revisions[0])
    for revision in [*revisions[1:], "head"]:
        with migrate.locked(make_url(owner)) as connection:
            before = seeding.seed(connection)
        migrations.upgrade(owner, **roles(owner), to=revision)
        with migrate.locked(make_url(owner)) as connection:
            after = seeding.counts(connection)
        # A table may go; while it stands it keeps its rows.
        assert {table: after[table] for table in before if table in after} == before
    assert sum(1 for rows in before.values() if rows) > len(before) * 0.8, "the seed reached too few tables"


@pytest.mark.real
@pytest.mark.parametrize("owner", ["postgresql"], indirect=True)
def test_every_table_is_secured(migrations: migrate.Migrations, owner: str) -> None:
    migrations.upgrade(owner, **ROLES)
    with migrate.locked(make_url(owner)) as connection:
        assert row_security.unsecured(connection, migrations.metadatas, **ROLES) == []


def test_every_table_has_a_branch_or_says_why_not(migrations: migrate.Migrations) -> None:
    assert [unscoped_tables(metadata) for metadata in migrations.metadatas] == [[], []]
