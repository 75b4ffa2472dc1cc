"""Every service knows the branches as they are now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from shared import branches, clock
from shared.branches.actions import put
from shared.branches.model import Branch
from shared.branches.reactions import on_branch
from shared.branches.view import from_payload
from shared.db import Database, every_branch
from shared.db.sqlite import connect

DATA = {
    "code": "bj", "name": "北京", "letter": "A", "zone": "Asia/Shanghai", "hours": {"mon": [["08:30", "18:00"]]},
    "public_holidays": [{"name": "元旦", "from": "2026-01-01", "to": "2026-01-03"}],
    "makeup_workdays": ["2026-01-04"], "closing_days": [],
}
VIEW = from_payload(DATA)
OPENED = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    connect(tmp_path / "x.db", create=True).close()
    found = Database(f"sqlite:///{tmp_path}/x.db")
    with every_branch(), found.transaction() as session:
        Branch.__table__.create(session.connection())
    yield found
    found.dispose()


def write(database: Database, view: object) -> None:
    with every_branch(), database.transaction() as session:
        put(session, view, OPENED)


def name(database: Database) -> str:
    with database.reader() as session:
        return branches.get(session, "bj").name


def test_a_branch_is_read_back_as_it_was_written(database: Database) -> None:
    write(database, VIEW)
    with database.reader() as session:
        assert branches.get(session, "bj") == VIEW
        assert branches.known(session, "bj")
        assert not branches.known(session, "sh")
        assert branches.all_codes(session) == ["bj"]
        with pytest.raises(branches.UnknownBranch):
            branches.get(session, "sh")


def test_a_change_is_seen_at_once_in_this_process(database: Database) -> None:
    write(database, VIEW)
    assert name(database) == "北京"
    with every_branch(), database.transaction() as session:
        put(session, replace(VIEW, name="新", version=2), OPENED)
        assert branches.get(session, "bj").name == "新"
    assert name(database) == "新"


def test_a_change_that_is_rolled_back_is_seen_by_nobody(database: Database) -> None:
    write(database, VIEW)
    with pytest.raises(LookupError), every_branch(), database.transaction() as session:
        put(session, replace(VIEW, name="新", version=2), OPENED)
        assert branches.get(session, "bj").name == "新"
        raise LookupError
    assert name(database) == "北京"


def test_a_change_by_another_process_is_seen_after_three_seconds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Database(str(database.url))
    monkeypatch.setattr(clock, "monotonic", lambda: 100.0)
    write(database, VIEW)
    assert name(database) == "北京"
    write(other, replace(VIEW, name="新", version=2))
    assert name(other) == "新"
    assert name(database) == "北京"
    monkeypatch.setattr(clock, "monotonic", lambda: 103.1)
    assert name(database) == "新"
    other.dispose()


def test_the_projection_keeps_the_latest_state_and_the_day_of_opening(database: Database) -> None:
    def event(version: int, name: str) -> SimpleNamespace:
        at = OPENED.replace(day=version)
        return SimpleNamespace(data={**DATA, "name": name}, version=version, recorded_at=at)

    with every_branch(), database.transaction() as session:
        on_branch(session, event(1, "first"))
        on_branch(session, event(2, "second"))
    with database.reader() as session:
        row = session.get(Branch, "bj")
        assert (row.name, row.version, row.opened_at.day) == ("second", 2, 1)


def test_a_senseless_branch_is_not_written(database: Database) -> None:
    with pytest.raises(ValueError):
        write(database, replace(VIEW, zone="Nowhere"))
