"""What a SQLite file must be before a service trusts it with a visit."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from shared.db import CorruptDatabase, Database, every_branch
from shared.db.sqlite import checkpoint, database_file
from tests.shared.db.tables import Word


def pragma(database: Database, name: str) -> object:
    with every_branch(), database.reader() as session:
        return session.execute(text(f"PRAGMA {name}")).scalar_one()


def test_every_connection_is_durable_and_careful(sqlite_database: Database) -> None:
    found = {name: pragma(sqlite_database, name) for name in (
        "journal_mode", "synchronous", "foreign_keys", "secure_delete", "query_only", "busy_timeout"
    )}
    assert found == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "query_only": 1,
        "busy_timeout": 5000,
    }


def test_a_missing_file_is_an_error_and_stays_missing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/moved.db")
    with pytest.raises(OperationalError), every_branch(), database.reader():
        pass
    assert not (tmp_path / "moved.db").exists()
    database.check()


def test_a_file_that_appears_again_is_used_without_a_restart(sqlite_database: Database) -> None:
    path = database_file(sqlite_database.url)
    moved = path.rename(path.with_suffix(".moved"))
    with pytest.raises(OperationalError), every_branch(), sqlite_database.reader():
        pass
    moved.rename(path)
    assert pragma(sqlite_database, "query_only") == 1


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x.db?uri=true"])
def test_only_files_are_databases(address: str) -> None:
    with pytest.raises(ValueError), every_branch(), Database(address).reader():
        pass


def test_nobody_else_may_read_a_file_that_we_make(sqlite_template: Path) -> None:
    assert stat.S_IMODE(sqlite_template.stat().st_mode) == 0o600


def test_f44_a_damaged_file_is_found_and_the_message_says_what_to_do(sqlite_database: Database) -> None:
    path = database_file(sqlite_database.url)
    with every_branch(), sqlite_database.transaction() as session:
        session.add_all(Word(text="x" * 40) for _ in range(2000))
    sqlite_database.check()
    sqlite_database.dispose()
    content = bytearray(path.read_bytes())
    for page in range(4, len(content) // 4096, 2):
        content[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
    path.write_bytes(content)
    with pytest.raises(CorruptDatabase, match="restore the last backup"):
        sqlite_database.check()
    path.write_bytes(b"not a database at all" * 400)
    with pytest.raises(CorruptDatabase):
        sqlite_database.check()


def test_what_is_deleted_leaves_no_bytes_behind(sqlite_database: Database) -> None:
    with every_branch(), sqlite_database.transaction() as session:
        session.add(Word(id=1, text="13800138000"))
    with every_branch(), sqlite_database.transaction() as session:
        session.delete(session.get(Word, 1))
    checkpoint(sqlite_database.url)
    path = database_file(sqlite_database.url)
    for file in (path, path.with_name(path.name + "-wal")):
        assert b"13800138000" not in file.read_bytes()
