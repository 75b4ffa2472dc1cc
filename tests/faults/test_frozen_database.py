"""A PostgreSQL that stands still (stopped, not dead) holds nobody longer than ten seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text

from deploy.servers import PostgresServer
from shared import clock
from shared.db import Database, every_branch
from shared.db.transient import is_transient
from shared.http.errors import database_problem

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]
LONGEST_SECONDS = 10.0


def commit(database: Database, begun: threading.Event, go: threading.Event) -> None:
    with every_branch(), database.transaction() as session:
        session.execute(text("CREATE TEMP TABLE IF NOT EXISTS held (n int)"))
        session.execute(text("INSERT INTO held VALUES (1)"))
        begun.set()
        go.wait(30)


def statement(database: Database, begun: threading.Event, go: threading.Event) -> None:
    with every_branch(), database.reader() as session:
        begun.set()
        go.wait(30)
        session.execute(text("SELECT 1"))


def beginning(database: Database, begun: threading.Event, go: threading.Event) -> None:
    with every_branch(), database.reader() as session:
        session.execute(text("SELECT 1"))
    begun.set()
    go.wait(30)
    with every_branch(), database.reader() as session:
        session.execute(text("SELECT 1"))


@pytest.mark.parametrize("work", [commit, statement, beginning])
def test_nobody_waits_for_ever_for_a_database_that_stands_still(
    own_postgres: PostgresServer, work: Callable[[Database, threading.Event, threading.Event], None]
) -> None:
    urls = own_postgres.create_service("frozen", f"frozen_{work.__name__}")
    database = Database(urls.app, urls.group, urls.owner)
    begun, go, met, took = threading.Event(), threading.Event(), [], []

    def run() -> None:
        try:
            work(database, begun, go)
        except Exception as error:
            met.append(error)

    asking = threading.Thread(target=run, daemon=True)
    asking.start()
    assert begun.wait(30)
    own_postgres.freeze()
    try:
        began = clock.monotonic()
        go.set()
        asking.join(LONGEST_SECONDS + 5)
        took.append(clock.monotonic() - began)
        assert not asking.is_alive()
    finally:
        own_postgres.thaw()
    assert took[0] < LONGEST_SECONDS
    # To be tried again: 503 with Retry-After for whoever asked, and no event is parked for it.
    assert is_transient(met[0])
    problem = database_problem(met[0])
    assert problem is not None
    assert (problem.status, bool(problem.headers["Retry-After"])) == (503, True)
    with every_branch(), database.reader() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1
    database.dispose()
