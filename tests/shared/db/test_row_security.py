"""The second lock: PostgreSQL itself, past the ORM and its filter."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, make_url, select, text
from sqlalchemy.exc import DBAPIError

from shared.db import Database, branch_scope, every_branch, migrate, row_security
from tests.shared.db.conftest import APP, GROUP
from tests.shared.db.tables import Base, Tool

pytestmark = pytest.mark.usefixtures("two_branches")


@pytest.fixture
def database(postgres_database: Database) -> Database:
    return postgres_database


def raw_count(database: Database) -> int:
    """Past the ORM and its filter."""
    with database.reader() as session:
        return session.connection().execute(text("SELECT count(*) FROM tool")).scalar_one()


def test_s09_without_a_branch_the_role_sees_no_rows(database: Database) -> None:
    assert raw_count(database) == 0
    with branch_scope("bj"):
        assert raw_count(database) == 1
    assert raw_count(database) == 0, "the setting of an ended transaction is '', and that is no branch either"


def test_s10_a_branch_does_not_leak_between_uses_of_one_connection(
    postgres_urls: Any, database: Database
) -> None:
    single = Database(postgres_urls.app, postgres_urls.group, pool_size=1, spare=0)
    try:
        found = {}
        for branch in ("bj", "sh", "gz", "sh"):
            with branch_scope(branch), single.reader() as session:
                pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
                found[branch] = raw_count(single)
                assert found.setdefault("pid", pid) == pid
            with pytest.raises(LookupError), branch_scope("sh"), single.transaction():
                raise LookupError
            assert raw_count(single) == 0, "after a rollback"
            with branch_scope("sh"), single.transaction():
                pass
            assert raw_count(single) == 0, "after a commit"
        assert found == {"bj": 1, "sh": 2, "gz": 0, "pid": found["pid"]}
    finally:
        single.dispose()


def test_s11_the_serving_roles_own_nothing_and_pass_nothing(postgres_urls: Any, migrations: migrate.Migrations) -> None:
    def found(connection: Any) -> list[str]:
        return row_security.unsecured(connection, [Base.metadata], APP, GROUP)

    with migrate.locked(make_url(postgres_urls.owner)) as connection:
        assert found(connection) == []
        for breach in (
            "ALTER TABLE tool NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE tool DISABLE ROW LEVEL SECURITY",
            "DROP POLICY own_branch ON tool",
            "DROP POLICY every_branch ON tool",
        ):
            with connection.begin_nested() as savepoint:
                connection.exec_driver_sql(breach)
                assert found(connection), breach
                row_security.secure(connection, [Base.metadata], APP, GROUP)
                assert found(connection) == [], "the next upgrade mends it"
                savepoint.rollback()
        for view, seen in (
            ("VIEW tools AS", 1), ("MATERIALIZED VIEW tools AS", 1),
            ("VIEW tools WITH (security_invoker = true) AS", 0),
        ):  # fmt: skip
            with connection.begin_nested() as savepoint:
                connection.exec_driver_sql(f"CREATE {view} SELECT * FROM tool")
                assert len(found(connection)) == seen, view
                savepoint.rollback()


def test_s11_the_serving_role_cannot_step_over_its_branch(postgres_urls: Any, database: Database) -> None:
    with branch_scope("bj"), database.transaction() as session:
        for refused in (
            "INSERT INTO tool (id, shed_id, name, branch_id) VALUES (9, 1, 'x', 'sh')",
            "ALTER TABLE tool DISABLE ROW LEVEL SECURITY",
            "CREATE TABLE mine (id int)",
            "SET ROLE kit_owner",
        ):
            with pytest.raises(DBAPIError) as error, session.begin_nested():
                session.connection().execute(text(refused))
            assert error.value.orig.sqlstate == "42501", refused
        assert session.connection().execute(text("UPDATE tool SET name = 'x'")).rowcount == 1
        assert session.connection().execute(text("DELETE FROM tool")).rowcount == 1


def test_the_groups_role_inserts_over_several_branches_in_one_statement(database: Database) -> None:
    rows = [
        {"id": 50 + n, "shed_id": 1, "name": "many", "branch_id": branch} for n, branch in enumerate(("bj", "sh", "gz"))
    ]
    with every_branch(), database.transaction() as session:
        session.execute(insert(Tool.__table__).values(rows))
    with branch_scope("gz"), database.reader() as session:
        assert session.scalars(select(Tool.name)).all() == ["many"]


def test_the_group_needs_a_role_of_its_own(postgres_urls: Any) -> None:
    database = Database(postgres_urls.app)
    with every_branch(), pytest.raises(ValueError, match="GROUP_DATABASE_URL"), database.reader():
        pass
