"""Migrations lose no rows, do all or nothing, take turns, and leave every table secured."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import MetaData, String, Table, insert, inspect, make_url, select, text
from sqlalchemy.schema import Column

from deploy.servers import PostgresServer
from shared.db import Database, branch_scope, every_branch, migrate, row_security, unscoped_tables
from tests.shared.db import seeding
from tests.shared.db.conftest import APP, GROUP
from tests.shared.db.tables import Base, Shed, Tool

SECOND = '''
import sqlalchemy as sa
from alembic import op

revision = "20990101_0002"
down_revision = "{down}"


def upgrade() -> None:
    {body}
'''


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A database that no migration has touched: ``owner``, ``database`` and the roles for ``upgrade``."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/empty.db"
        urls, roles = SimpleNamespace(owner=url, app=url, group=None), {}
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        name = f"kit_{tmp_path.name.lower()}"[:60].replace("-", "_")
        urls, roles = server.create_service("kit", name), {"app_role": APP, "group_role": GROUP}
    database = Database(urls.app, urls.group, urls.owner)
    yield SimpleNamespace(owner=urls.owner, roles=roles, database=database, sqlite=request.param == "sqlite")
    database.dispose()
    if request.param != "sqlite":
        server.drop_database(name)


def with_second(migrations: migrate.Migrations, folder: Path, body: str) -> migrate.Migrations:
    """A copy of the migrations with one more script."""
    versions = folder / "copy" / "versions"
    versions.mkdir(parents=True)
    for script in (migrations.folder / "versions").glob("*.py"):
        (versions / script.name).write_text(script.read_text())
    (versions / "second.py").write_text(SECOND.format(down=migrations.head(), body=body))
    return replace(migrations, folder=folder / "copy")


REBUILD_PARENT = '''with op.batch_alter_table("shed") as batch:
        batch.alter_column("name", existing_type=sa.String(20), type_=sa.String(60))'''


def test_a_rebuilt_parent_keeps_its_children(empty: Any, migrations: migrate.Migrations, tmp_path: Path) -> None:
    migrations.upgrade(empty.owner, **empty.roles)
    with migrate.locked(make_url(empty.owner)) as connection:
        before = seeding.seed(connection)
    assert before["shed"] == before["tool"] == seeding.ROWS
    with_second(migrations, tmp_path, REBUILD_PARENT).upgrade(empty.owner, **empty.roles)
    with migrate.locked(make_url(empty.owner)) as connection:
        assert seeding.counts(connection) == before
    with branch_scope("branch-1"), empty.database.reader() as session:
        assert [tool.shed.name for tool in session.scalars(select(Tool))] == ["name-1"]


def test_with_foreign_keys_on_that_rebuild_would_delete_the_children(
    migrations: migrate.Migrations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why the migration engine turns them off: the test above must be able to fail."""
    from shared.db import sqlite

    cascading = '''with op.batch_alter_table("tool", recreate="always") as batch:
        batch.drop_constraint("fk_tool_shed_id_shed", type_="foreignkey")
        batch.create_foreign_key("fk_tool_shed_id_shed", "shed", ["shed_id"], ["id"], ondelete="CASCADE")'''
    first = with_second(migrations, tmp_path, cascading)
    (first.folder / "versions" / "third.py").write_text(
        SECOND.format(down="20990101_0002", body=REBUILD_PARENT).replace('"20990101_0002"', '"3"', 1)
    )
    url = make_url(f"sqlite:///{tmp_path}/x.db")
    first.upgrade(url, to="20990101_0002")
    with migrate.locked(url) as connection:
        seeding.seed(connection)
    real = sqlite.connect
    monkeypatch.setattr(sqlite, "connect", lambda path, **options: real(path, **{**options, "foreign_keys": True}))
    first.upgrade(url)
    with migrate.locked(url) as connection:
        assert seeding.counts(connection)["tool"] == 0


def test_a_failed_migration_leaves_the_database_as_it_was(
    empty: Any, migrations: migrate.Migrations, tmp_path: Path
) -> None:
    migrations.upgrade(empty.owner, **empty.roles)
    broken = with_second(migrations, tmp_path, 'op.create_table("half", sa.Column("id", sa.Integer()))\n    1 // 0')
    with pytest.raises(ZeroDivisionError):
        broken.upgrade(empty.owner, **empty.roles)
    with migrate.locked(make_url(empty.owner)) as connection:
        assert not inspect(connection).has_table("half")
        assert migrations.current(connection) == migrations.head()
    migrations.upgrade(empty.owner, **empty.roles)


def test_a_migration_that_leaves_orphans_is_rolled_back(migrations: migrate.Migrations, tmp_path: Path) -> None:
    url = make_url(f"sqlite:///{tmp_path}/x.db")
    migrations.upgrade(url)
    with migrate.locked(url) as connection:
        before = seeding.seed(connection)
    with pytest.raises(migrate.BrokenReferences, match="tool"):
        with_second(migrations, tmp_path, 'op.execute("DELETE FROM shed")').upgrade(url)
    with migrate.locked(url) as connection:
        assert seeding.counts(connection) == before


def test_a_migration_changes_rows_of_every_branch(empty: Any, migrations: migrate.Migrations, tmp_path: Path) -> None:
    """Row security binds the owner too: without a policy of its own an UPDATE would find nothing, in silence."""
    migrations.upgrade(empty.owner, **empty.roles)
    with every_branch(), empty.database.transaction() as session:
        session.execute(insert(Shed), [
            {"id": 1, "name": "a", "branch_id": "bj"}, {"id": 2, "name": "b", "branch_id": "sh"},
        ])
    with_second(migrations, tmp_path, '''op.execute("UPDATE shed SET name = name || '!'")''').upgrade(
        empty.owner, **empty.roles
    )
    with every_branch(), empty.database.reader() as session:
        assert session.scalars(select(Shed.name).order_by(Shed.id)).all() == ["a!", "b!"]


def test_two_migrations_at_once_take_turns(empty: Any, migrations: migrate.Migrations) -> None:
    found: list[Any] = []

    def work() -> None:
        try:
            found.append(migrations.upgrade(empty.owner, **empty.roles))
        except Exception as error:
            found.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    head = migrations.head()
    assert sorted(found, key=str) == sorted([(None, head), (head, head), (head, head), (head, head)], key=str)


def test_models_equal_migrations_and_a_difference_is_seen(empty: Any, migrations: migrate.Migrations) -> None:
    migrations.upgrade(empty.owner, **empty.roles)
    assert migrations.differences(empty.owner) == []
    more = MetaData()
    Table("shed", more, Column("id", String(9), primary_key=True))
    found = replace(migrations, metadatas=(more,)).differences(empty.owner)
    kinds = {entry[0] if isinstance(entry, tuple) else entry[0][0] for entry in found}
    assert kinds >= {"remove_table", "remove_column"}


def test_scripts_import_nothing_of_ours(migrations: migrate.Migrations) -> None:
    for script in (migrations.folder / "versions").glob("*.py"):
        content = script.read_text()
        assert "shared" not in content
        assert "services" not in content
        assert "sa.DateTime(timezone=True)" in content


def test_an_upgrade_with_nothing_to_do_waits_for_nobody(
    postgres_urls: Any, postgres_database: Database, migrations: migrate.Migrations
) -> None:
    with branch_scope("bj"), postgres_database.reader() as session:
        session.execute(select(Tool)).all()
        migrations.upgrade(postgres_urls.owner, app_role=APP, group_role=GROUP)


def test_a_table_that_is_built_beside_another_can_be_secured_alone(postgres_urls: Any) -> None:
    with migrate.locked(make_url(postgres_urls.owner)) as connection, connection.begin_nested() as savepoint:
        connection.exec_driver_sql("CREATE TABLE tool__new (LIKE tool INCLUDING ALL)")

        def granted() -> bool:
            question = f"SELECT has_table_privilege('{APP}', 'tool__new', 'SELECT')"
            return connection.execute(text(question)).scalar_one()

        assert not granted(), "not secured is not granted"
        row_security.secure_table(connection, "tool__new", APP, GROUP, scoped=True)
        assert granted()
        forced = "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = 'tool__new'"
        assert connection.exec_driver_sql(forced).scalar_one()
        savepoint.rollback()


def test_the_role_that_serves_must_not_own(monkeypatch: pytest.MonkeyPatch) -> None:
    same = "postgresql://one@127.0.0.1/x"
    environment = SimpleNamespace(database_url=same, group_database_url=same, owner_database_url=same)
    with pytest.raises(ValueError, match="must not own"):
        migrate.upgrade("reception", environment)


def test_every_module_with_a_table_of_the_mechanism_is_migrated() -> None:
    root = Path(migrate.__file__).parents[1]
    found = {
        ".".join(("shared", *path.relative_to(root).with_suffix("").parts))
        for path in root.rglob("*.py")
        if re.search(r"^class \w+\([^)]*\bMechanismBase\)", path.read_text(), re.MULTILINE)
    }
    assert found == set(migrate.MECHANISM_MODULES)


def test_every_table_has_a_branch_or_says_why_not() -> None:
    assert unscoped_tables(Base.metadata) == []
    assert unscoped_tables(migrate.mechanism) == []
    forgotten = MetaData()
    Table("forgotten", forgotten, Column("id", String(9), primary_key=True))
    assert unscoped_tables(forgotten) == ["forgotten"]
