"""Writers on SQLite stand in line: first come, first served, with a limit, between threads and between processes."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError

from deploy.processes import wait_until
from shared.db import Database, TurnstileTimeout, every_branch
from shared.db.sqlite import database_file
from shared.db.turnstile import Turnstile
from tests.shared.db.tables import Word

REPOSITORY = Path(__file__).resolve().parents[3]


def started(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_first_come_first_served(tmp_path: Path) -> None:
    turnstile = Turnstile(tmp_path / "x.db")
    served: list[int] = []

    def writer(number: int) -> None:
        turnstile.enter()
        served.append(number)
        turnstile.leave()

    turnstile.enter()
    threads = []
    for number in range(20):
        threads.append(started(lambda number=number: writer(number)))
        assert wait_until(lambda number=number: turnstile.waiting == number + 1, 5)
    turnstile.leave()
    for thread in threads:
        thread.join(5)
    assert served == list(range(20))


def test_who_comes_back_at_once_does_not_overtake(tmp_path: Path) -> None:
    turnstile = Turnstile(tmp_path / "x.db")
    served: list[str] = []

    def waiting() -> None:
        turnstile.enter()
        served.append("waiting")
        turnstile.leave()

    turnstile.enter()
    thread = started(waiting)
    assert wait_until(lambda: turnstile.waiting == 1, 5)
    turnstile.leave()
    turnstile.enter()
    served.append("back again")
    turnstile.leave()
    thread.join(5)
    assert served == ["waiting", "back again"]


def test_nobody_waits_longer_than_the_limit_and_the_line_goes_on(tmp_path: Path) -> None:
    turnstile = Turnstile(tmp_path / "x.db", 0.05)
    turnstile.enter()
    failed: list[bool] = []

    def impatient() -> None:
        with pytest.raises(TurnstileTimeout):
            turnstile.enter()
        failed.append(True)

    threads = [started(impatient) for _ in range(3)]
    for thread in threads:
        thread.join(5)
    assert failed == [True] * 3
    assert turnstile.waiting == 0
    turnstile.leave()
    turnstile.enter()
    turnstile.leave()


def test_another_process_that_writes_is_waited_for_with_the_same_limit(tmp_path: Path) -> None:
    mine, theirs = Turnstile(tmp_path / "x.db", 0.05), Turnstile(tmp_path / "x.db", 0.05)
    theirs.enter()
    with pytest.raises(TurnstileTimeout):
        mine.enter()
    theirs.leave()
    mine.enter()
    with pytest.raises(TurnstileTimeout):
        theirs.enter()
    mine.leave()


def test_the_one_who_waits_between_processes_is_next(tmp_path: Path) -> None:
    """Whoever holds the queue's lock cannot be overtaken by the present writer's own process coming back."""
    writing, waiting, third = (Turnstile(tmp_path / "x.db", seconds) for seconds in (5, 5, 0.05))
    writing.enter()
    served: list[str] = []

    def other() -> None:
        waiting.enter()
        served.append("waiting")
        waiting.leave()

    thread = started(other)

    def queued() -> bool:
        probe = Turnstile(tmp_path / "x.db", 0.0)
        _, queue, _ = probe._open_files()
        try:
            probe._lock(queue, 0.0)
        except TurnstileTimeout:
            return True
        finally:
            probe._close_files()
        return False

    assert wait_until(queued, 5)
    writing.leave()
    writing.enter()
    served.append("back again")
    writing.leave()
    thread.join(5)
    assert served == ["waiting", "back again"]
    third.enter()
    third.leave()


@pytest.fixture
def line(sqlite_database: Database) -> Database:
    with every_branch(), sqlite_database.transaction() as session:
        session.add(Word(id=1, text="0"))
    return sqlite_database


def writes_again(database: Database) -> bool:
    """True when the place is free: a second writer gets in at once."""
    done: list[bool] = []

    def work() -> None:
        with every_branch(), database.transaction() as session:
            session.execute(update(Word).values(text="again"))
        done.append(True)

    started(work).join(5)
    return bool(done)


def test_the_place_is_freed_after_a_commit_a_rollback_and_a_lost_connection(line: Database) -> None:
    with every_branch(), line.transaction():
        pass
    assert writes_again(line)
    with contextlib.suppress(LookupError), every_branch(), line.transaction():
        raise LookupError
    assert writes_again(line)
    with contextlib.suppress(Exception), every_branch(), line.transaction() as session:
        session.connection().invalidate()
    assert writes_again(line)
    with every_branch(), contextlib.suppress(Exception), line.transaction() as session:
        session.connection().connection.driver_connection.close()
        session.execute(select(Word))
    assert writes_again(line)


def test_the_place_is_freed_when_the_transaction_cannot_begin(line: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.db.sqlite import WriterDialect

    def fails(self: object, connection: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(WriterDialect, "do_begin", fails)
        with pytest.raises(OperationalError), every_branch(), line.transaction():
            pass
    assert writes_again(line)


def test_the_place_is_held_until_the_commit_is_done(line: Database) -> None:
    """The engine's commit event fires before the commit: freed there, the next one would meet SQLITE_BUSY."""
    from sqlalchemy import event

    seen: list[bool] = []
    other = Turnstile(database_file(line.url), 0.0)

    @event.listens_for(line.engine, "commit")
    def at_commit(connection: object) -> None:
        try:
            other.enter()
        except TurnstileTimeout:
            seen.append(True)
        else:
            other.leave()

    with every_branch(), line.transaction() as session:
        session.execute(update(Word).values(text="x"))
    assert seen == [True]
    other.enter()
    other.leave()


def test_a_writer_holds_the_file_from_its_first_moment(line: Database) -> None:
    """Begun later, its first write after a read would fail at once whatever the timeout (SQLITE_BUSY_SNAPSHOT)."""
    with every_branch(), line.transaction() as session:
        assert session.scalars(select(Word.text)).one() == "0"
        stranger = sqlite3.connect(database_file(line.url), timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            stranger.execute("UPDATE word SET text = 'theirs'")
        session.execute(update(Word).values(text="ours"))
        stranger.close()


def test_readers_do_not_stand_in_line(line: Database) -> None:
    with every_branch(), line.transaction() as session:
        session.execute(update(Word).values(text="not yet"))
        found: list[str] = []

        def read() -> None:
            with every_branch(), line.reader() as reading:
                found.append(reading.scalars(select(Word.text)).one())

        started(read).join(5)
        assert found == ["0"]


WRITER = """
import json, sys, threading, time
from sqlalchemy import text
from shared.db import Database, every_branch
database = Database(sys.argv[1])
threads, rounds, longest, errors = int(sys.argv[2]), int(sys.argv[3]), [], []
def work():
    for _ in range(rounds):
        begin = time.perf_counter()
        try:
            with every_branch(), database.transaction() as session:
                value = int(session.execute(text("SELECT text FROM word WHERE id = 1")).scalar_one())
                session.execute(text("UPDATE word SET text = :v WHERE id = 1"), {"v": str(value + 1)})
        except Exception as error:
            errors.append(repr(error))
        longest.append(time.perf_counter() - begin)
running = [threading.Thread(target=work) for _ in range(threads)]
print("ready", flush=True)
sys.stdin.readline()
for thread in running: thread.start()
for thread in running: thread.join()
print(json.dumps({"errors": errors, "longest": max(longest)}))
"""


def test_f40_eight_threads_and_four_processes_never_meet_a_busy_database(line: Database) -> None:
    """Each writer reads, adds one and writes: an update lost or an error would show in the sum."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(line.url), threads, rounds],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY,
        )
        for threads, rounds in (("8", "10"), ("2", "30"), ("1", "40"), ("1", "40"))
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    found = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    assert [one["errors"] for one in found] == [[], [], [], []]
    with every_branch(), line.reader() as session:
        assert session.execute(text("SELECT text FROM word WHERE id = 1")).scalar_one() == "220"
