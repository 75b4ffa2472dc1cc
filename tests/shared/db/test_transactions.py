"""One transaction: begun once, joined by everything inside, committed once, or not at all."""

from __future__ import annotations

import threading

import psycopg
import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.db import Database, PartFailed, after_commit, branch_scope, database_now, every_branch, open_writer
from shared.db.units import reader, transaction
from tests.shared.db.tables import Shed, Word


def words(database: Database) -> list[str]:
    with every_branch(), database.reader() as session:
        return list(session.scalars(select(Word.text).order_by(Word.id)))


def in_another_thread(work: object) -> object:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join(20)
    return found[0]


def test_a_transaction_inside_another_joins_it(database: Database) -> None:
    with every_branch(), database.transaction() as outer:
        with database.transaction() as inner, database.reader() as looking:
            assert inner is outer is looking


def test_only_the_outermost_transaction_commits(database: Database) -> None:
    with every_branch(), database.transaction():
        with database.transaction() as inner:
            inner.add(Word(text="inner"))
            inner.flush()
        assert in_another_thread(lambda: words(database)) == []
    assert words(database) == ["inner"]


def test_an_error_leaving_the_outermost_block_rolls_everything_back(database: Database) -> None:
    with pytest.raises(LookupError), every_branch(), database.transaction() as outer:
        outer.add(Word(text="outer"))
        with database.transaction() as inner:
            inner.add(Word(text="inner"))
        raise LookupError
    assert words(database) == []


def test_a_swallowed_failure_of_a_part_rolls_the_whole_back(database: Database) -> None:
    with pytest.raises(PartFailed), every_branch(), database.transaction() as outer:
        outer.add(Word(text="outer"))
        try:
            with database.transaction() as inner:
                inner.add(Word(text="inner"))
                raise LookupError
        except LookupError:
            pass
    assert words(database) == []


def test_a_swallowed_database_error_rolls_the_whole_back_on_both_databases(database: Database) -> None:
    with pytest.raises((PartFailed, DBAPIError)), branch_scope("bj"), database.transaction() as session:
        session.execute(insert(Shed.__table__), {"id": 1, "name": "one"})
        try:
            session.execute(insert(Shed.__table__), {"id": 1, "name": "two"})
        except IntegrityError:
            pass
    with every_branch(), database.reader() as session:
        assert session.scalar(select(func.count()).select_from(Shed)) == 0


def test_a_commit_after_an_error_past_sqlalchemy_is_no_quiet_rollback(postgres_database: Database) -> None:
    with pytest.raises(DBAPIError, match="rolled back"), every_branch(), postgres_database.transaction() as session:
        session.add(Word(text="lost"))
        session.flush()
        with pytest.raises(psycopg.errors.DivisionByZero):
            session.connection().connection.driver_connection.execute("SELECT 1 / 0")
    assert words(postgres_database) == []


@pytest.mark.parametrize("fail", ["in python", "in the database"])
def test_a_failed_part_in_a_savepoint_leaves_the_rest(database: Database, fail: str) -> None:
    with every_branch(), database.transaction() as outer:
        outer.add(Word(id=1, text="kept"))
        with pytest.raises((LookupError, IntegrityError)), outer.begin_nested(), database.transaction() as inner:
            inner.add(Word(id=2, text="lost"))
            inner.flush()
            if fail == "in python":
                raise LookupError
            inner.execute(insert(Word.__table__), {"id": 1, "text": "twice"})
        outer.add(Word(id=3, text="kept too"))
    assert words(database) == ["kept", "kept too"]


def test_a_failure_outside_a_later_savepoint_is_not_forgotten_by_it(database: Database) -> None:
    with pytest.raises(PartFailed), every_branch(), database.transaction() as outer:
        try:
            with database.transaction():
                raise LookupError
        except LookupError:
            pass
        with pytest.raises(KeyError), outer.begin_nested():
            raise KeyError
    assert words(database) == []


def test_a_session_is_not_committed_or_rolled_back_by_hand(database: Database) -> None:
    with every_branch(), database.transaction() as session:
        for forbidden in (session.commit, session.rollback):
            with pytest.raises(RuntimeError):
                forbidden()


def test_a_reader_cannot_write(database: Database) -> None:
    with every_branch():
        with pytest.raises(DBAPIError), database.reader() as session:
            session.execute(text("INSERT INTO word (id, text) VALUES (1, 'x')"))
        with pytest.raises(DBAPIError), database.reader() as session:
            session.add(Word(text="x"))
            session.flush()
    assert words(database) == []


def test_a_reader_after_a_writer_on_the_same_connection_cannot_write(database: Database) -> None:
    with every_branch():
        with database.transaction() as session:
            session.add(Word(text="first"))
        with pytest.raises(DBAPIError), database.reader() as session:
            session.execute(text("DELETE FROM word"))
    assert words(database) == ["first"]


def test_a_transaction_inside_a_reader_is_refused(database: Database) -> None:
    with every_branch(), database.reader(), pytest.raises(RuntimeError), database.transaction():
        pass


def test_a_reader_inside_a_transaction_sees_what_is_not_committed(database: Database) -> None:
    with every_branch(), database.transaction() as session:
        session.add(Word(text="new"))
        assert words(database) == ["new"]


def test_two_databases_have_transactions_of_their_own(sqlite_database: Database, postgres_database: Database) -> None:
    with every_branch(), sqlite_database.transaction() as one, postgres_database.transaction() as other:
        assert one is not other
        one.add(Word(text="one"))
        other.add(Word(text="other"))
    assert (words(sqlite_database), words(postgres_database)) == (["one"], ["other"])


def test_threads_have_transactions_of_their_own(database: Database) -> None:
    def alone() -> bool:
        with every_branch(), database.reader() as session:
            return session is not outer and not open_writer(database)

    with every_branch(), database.transaction() as outer:
        assert open_writer(database)
        assert in_another_thread(alone)


def test_what_follows_a_commit_runs_once_after_the_outermost(database: Database) -> None:
    heard: list[object] = []
    with every_branch(), database.transaction() as outer:
        with database.transaction() as inner:
            inner.add(Word(text="new"))
            after_commit(inner, lambda: heard.append(in_another_thread(lambda: words(database))))
        after_commit(outer, lambda: heard.append("second"))
        assert heard == []
    assert heard == [["new"], "second"]


def test_what_follows_a_commit_does_not_run_after_a_rollback(database: Database) -> None:
    heard: list[str] = []
    with pytest.raises(LookupError), every_branch(), database.transaction() as session:
        after_commit(session, lambda: heard.append("rolled back"))
        raise LookupError
    with every_branch(), database.transaction() as session:
        after_commit(session, lambda: heard.append("before"))
        with pytest.raises(LookupError), session.begin_nested():
            after_commit(session, lambda: heard.append("in a savepoint rolled back"))
            raise LookupError
        with session.begin_nested():
            after_commit(session, lambda: heard.append("in a savepoint kept"))
    assert heard == ["before", "in a savepoint kept"]


def test_an_error_after_the_commit_does_not_undo_it_nor_stop_the_others(database: Database) -> None:
    heard: list[str] = []
    with every_branch(), database.transaction() as session:
        session.add(Word(text="new"))
        after_commit(session, lambda: 1 // 0)
        after_commit(session, lambda: heard.append("still"))
    assert words(database) == ["new"]
    assert heard == ["still"]


def test_objects_stay_readable_after_the_transaction(database: Database) -> None:
    with every_branch(), database.transaction() as session:
        word = Word(text="kept")
        session.add(word)
    assert (word.id, word.text) == (1, "kept")


def test_no_connection_is_left_out_of_the_pool(database: Database) -> None:
    for _ in range(3):
        with every_branch(), pytest.raises(LookupError), database.transaction() as session:
            session.add(Word(text="x"))
            raise LookupError
        with every_branch(), database.reader() as session:
            session.execute(select(Word)).all()
    assert database.engine.pool.checkedout() == 0
    assert database.group_engine.pool.checkedout() == 0


def test_a_used_up_pool_says_so_instead_of_waiting(sqlite_template: object, tmp_path: object) -> None:
    path = tmp_path / "kit.db"
    path.write_bytes(sqlite_template.read_bytes())
    small = Database(f"sqlite:///{path}", pool_size=1, spare=0, pool_timeout=0.05)

    def second() -> str:
        try:
            with every_branch(), reader(small):
                return "got one"
        except PoolTimeout:
            return "refused"

    with every_branch(), transaction(small):
        assert in_another_thread(second) == "refused"


def test_a_connection_that_died_in_the_pool_is_replaced_at_begin(postgres: object, postgres_database: Database) -> None:
    database = postgres_database

    def end_all() -> None:
        with postgres.connect() as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                [database.url.database],
            )

    with every_branch(), database.transaction() as session:
        session.add(Word(text="before"))
    end_all()
    with every_branch(), database.transaction() as session:
        session.add(Word(text="after"))
    assert words(database) == ["before", "after"]

    with pytest.raises(DBAPIError) as lost, every_branch(), database.transaction() as session:
        session.add(Word(text="lost"))
        session.flush()
        end_all()
        session.execute(select(Word)).all()
    assert lost.value.connection_invalidated
    assert words(database) == ["before", "after"]
    assert database.group_engine.pool.checkedout() == 0


def test_database_time_is_utc_and_moves_inside_a_transaction(database: Database) -> None:
    with every_branch(), database.reader() as session:
        first = database_now(session)
        second = database_now(session)
    assert first.utcoffset().total_seconds() == 0
    assert second >= first
