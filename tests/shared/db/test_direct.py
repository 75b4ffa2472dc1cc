"""Statements said to psycopg itself: in the unit's transaction and branch, with the errors of everything else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, insert, literal, select, text
from sqlalchemy.exc import IntegrityError

from shared.db import Database, Json, UtcDateTime, branch_scope
from shared.db.direct import Direct
from tests.shared.db.tables import Shed

pytestmark = pytest.mark.real
_shed = Shed.__table__
SHEDS = Direct(select(_shed.c.name).where(_shed.c.branch_id == bindparam("branch")).order_by(_shed.c.name))
BUILD = Direct(insert(_shed).values(id=bindparam("number"), branch_id=bindparam("branch"), name=bindparam("called"))
               .returning(_shed.c.id))  # fmt: skip
TYPES = Direct(select(bindparam("listed", type_=Json), bindparam("at", type_=UtcDateTime), literal("x")))


def test_it_belongs_to_the_transaction_and_its_branch(postgres_database: Database) -> None:
    with branch_scope("bj"):
        with pytest.raises(RuntimeError, match="not kept"), postgres_database.transaction() as session:
            assert BUILD.rows(session, {"number": 7, "branch": "bj", "called": "gone"}) == [(7,)]
            raise RuntimeError("not kept")
        with postgres_database.transaction() as session:
            BUILD.rows(session, {"number": 8, "branch": "bj", "called": "kept"})
            assert SHEDS.rows(session, {"branch": "bj"}) == [("kept",)]
    with branch_scope("sh"), postgres_database.reader() as session:
        assert SHEDS.rows(session, {"branch": "bj"}) == []


def test_errors_are_sqlalchemys_and_show_no_parameter(postgres_database: Database) -> None:
    with branch_scope("bj"), pytest.raises(IntegrityError) as refused, postgres_database.transaction() as session:
        for _ in range(2):
            BUILD.rows(session, {"number": 7, "branch": "bj", "called": "secret"})
    assert "secret" not in str(refused.value)


def test_the_row_security_of_the_branch_holds(postgres_database: Database) -> None:
    with branch_scope("bj"), pytest.raises(Exception, match="row-level security"):
        with postgres_database.transaction() as session:
            BUILD.rows(session, {"number": 9, "branch": "sh", "called": "theirs"})


def test_values_are_prepared_as_their_types_say(postgres_database: Database) -> None:
    at = datetime(2026, 11, 23, 2, tzinfo=UTC)
    with branch_scope("bj"), postgres_database.reader() as session:
        assert TYPES.rows(session, {"listed": ["a", "中"], "at": at}) == [('["a","中"]', at, "x")]
        with pytest.raises(ValueError):
            TYPES.rows(session, {"listed": [], "at": datetime(2026, 11, 23, 2)})
        session.execute(text("SELECT 1"))
