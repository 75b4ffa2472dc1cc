"""The same value comes back from both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from shared import clock
from shared.db import Database, branch_scope, database_now, database_time
from tests.shared.db.tables import Shed

SHANGHAI = datetime(2026, 11, 23, 18, 0, 0, 123456, tzinfo=ZoneInfo("Asia/Shanghai"))


def stored(database: Database, **values: Any) -> Shed:
    with branch_scope("bj"), database.transaction() as session:
        session.add(Shed(id=1, name="one", **values))
    with branch_scope("bj"), database.reader() as session:
        return session.scalars(select(Shed)).one()


def test_an_instant_comes_back_as_the_same_instant_in_utc(database: Database) -> None:
    found = stored(database, built_at=SHANGHAI).built_at
    assert found == SHANGHAI
    assert found.tzinfo is UTC
    assert found.isoformat() == "2026-11-23T10:00:00.123456+00:00"


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        stored(database, built_at=datetime(2026, 11, 23, 10, 0))


def test_instants_compare_and_sort_as_instants(database: Database) -> None:
    instants = [
        datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
        datetime(2026, 11, 23, 9, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=-1))),
        datetime(2026, 11, 23, 19, 0, tzinfo=ZoneInfo("Asia/Shanghai")),
    ]
    with branch_scope("bj"), database.transaction() as session:
        session.execute(insert(Shed), [
            {"id": n, "name": str(n), "built_at": instant} for n, instant in enumerate(instants)
        ])
        assert session.scalars(select(Shed.id).order_by(Shed.built_at)).all() == [0, 1, 2, 3]
        assert session.scalars(select(Shed.id).where(Shed.built_at > instants[1]).order_by(Shed.id)).all() == [2, 3]


def test_the_databases_clock_is_exact(database: Database) -> None:
    """On this machine it is our own clock; SQLite gives milliseconds."""
    with branch_scope("bj"), database.reader() as session:
        for _ in range(20):
            before = clock.now()
            now = database_now(session)
            assert before - timedelta(milliseconds=2) <= now <= clock.now() + timedelta(milliseconds=2)


def test_stored_instants_compare_with_the_databases_clock(database: Database) -> None:
    with branch_scope("bj"), database.transaction() as session:
        now = database_now(session)
        session.execute(insert(Shed), [
            {"id": 1, "name": "past", "built_at": now - timedelta(seconds=1)},
            {"id": 2, "name": "future", "built_at": now + timedelta(hours=1)},
        ])
        assert session.scalars(select(Shed.name).where(Shed.built_at <= database_time())).all() == ["past"]
        session.execute(insert(Shed.__table__).values(id=3, name="now", built_at=database_time()))
        written = session.get_one(Shed, 3).built_at
        assert timedelta(0) <= written - now < timedelta(seconds=30)


@pytest.mark.parametrize("value", [{"名": ["欧阳娜娜", "𠮷", 1, 2.5, None, True]}, [], "", 0, False])
def test_json_comes_back_as_it_was(database: Database, value: Any) -> None:
    assert stored(database, notes=value).notes == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: {2}}])
def test_what_is_not_json_is_refused(database: Database, value: Any) -> None:
    with pytest.raises(StatementError):
        stored(database, notes=value)
