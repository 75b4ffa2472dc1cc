"""TERM: no new guests, everybody inside is answered, and the next start waits for nothing."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx
import psycopg
import pytest

from shared import clock
from tests.faults.processes import answers
from tests.kit.house import House
from tests.kit.waiting import until
from tests.operations.shop import Shop, open_shop, term

pytestmark = [pytest.mark.timeout(180)]


@pytest.fixture
def shop(stack: str, variables: dict[str, str], tmp_path: Path) -> Shop:
    return open_shop(stack, variables, tmp_path)


def draining(shop: Shop) -> bool:
    """Whether somebody who comes now is told to go elsewhere."""
    with shop.client() as client:
        answer = client.get("/reception/readyz")
    return answer.status_code == 503 and answer.json()["status"] == "draining" and bool(answer.headers["Retry-After"])


def web(shop: Shop, stack: str) -> tuple[str, ...]:
    return ("local",) if stack == "embedded" else ("reception", "web")


def recorded(shop: Shop, stack: str) -> int:
    """Check-ins that are committed."""
    counted = "SELECT count(*) FROM event_log WHERE type = 'reception.visit.checked_in.v1'"
    return int(ask(shop, stack, counted) or 0)


def ask(shop: Shop, stack: str, sql: str, service: str = "reception") -> object:
    """One value from a database, past the product."""
    url = shop.variables[f"YINGBIN_{service.upper()}_{'OWNER_' if stack == 'real' else ''}DATABASE_URL"]
    if stack == "real":
        with psycopg.connect(url) as connection:
            return connection.execute(sql).fetchone()[0]
    import sqlite3

    return sqlite3.connect(url.removeprefix("sqlite:///")).execute(sql).fetchone()[0]


def test_s50_f47_a_stop_finishes_what_was_begun_and_sends_the_next_guest_elsewhere(shop: Shop, stack: str) -> None:
    # The answer is held back for 3 s after the commit: long enough for a TERM to come in between.
    with shop.running(*web(shop, stack), CHAOS_FP="http.before_response:1:sleep", WEB_CONCURRENCY="2") as process:
        shop.up(process)
        with shop.client() as client:
            assert client.get("/reception/healthz").headers["Server"] == "yingbin"
        answered: list[httpx.Response] = []

        def come() -> None:
            with shop.client() as client:
                answered.append(shop.check_in(client))

        guest = threading.Thread(target=come)
        guest.start()
        until(lambda: recorded(shop, stack) == 1, 20, "the check-in is committed")
        began = clock.monotonic()
        term(process)
        until(lambda: draining(shop), 0.9, "not ready any more, and the door still open")
        guest.join(20)
        assert [answer.status_code for answer in answered] == [201]
        until(lambda: not process.running, 10, "it ended")
        assert process._process.returncode == 0
        assert clock.monotonic() - began < 3.0 + 5.0
        assert not answers(shop.port)
    assert "Traceback" not in process.output.read_text()


def test_an_idle_process_is_gone_at_once_and_holds_nothing(shop: Shop, stack: str) -> None:
    worker = ("local",) if stack == "embedded" else ("reporting", "worker")
    service = "reception" if stack == "embedded" else "reporting"
    with shop.running(*worker) as process:
        held = "SELECT count(*) FROM relay_lease WHERE holder IS NOT NULL" if stack == "embedded" else (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1497517127 AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )  # fmt: skip
        hearing = "SELECT count(*) FROM cursor WHERE running IS NOT NULL"
        until(lambda: ask(shop, stack, held, service) == 1, 60, "it is the relay")
        until(lambda: ask(shop, stack, hearing, "reporting") == 4, 60, "it hears its sources")
        term(process)
        until(lambda: not process.running, 10, "it ended")
        assert process._process.returncode == 0, process.output.read_text()[-2000:]
        assert ask(shop, stack, held, service) == 0
        assert ask(shop, stack, hearing, "reporting") == 0


def test_a_long_poll_does_not_hold_up_the_stop(house: House) -> None:
    """A feed's reader that waits for the next fact is answered with what there is."""
    headers = house.key("reception", "service", ["events"])
    house.runtime("reception").draining = True
    head = house.flow("reception")["head"]
    began = clock.monotonic()
    answer = house.client("reception").get(f"/reception/api/v1/events?after={head}&wait=10", headers=headers)
    assert (answer.status_code, answer.json["events"]) == (200, [])
    assert clock.monotonic() - began < 5
