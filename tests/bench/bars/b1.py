"""B1, a check-in: POST from eight kiosks of eight branches through the whole stack, on PostgreSQL.

The bar is a visitor whom the group knows already (found by phone and plate): key, validation, idempotency, recognition,
ticket, visit and event, against the same two inserts, visit and event, by raw psycopg in a bare Flask route under the
same gunicorn settings. A visitor who is new is reported beside it, against a bare route with the same ten inserts more:
five rows about person and car, and their events.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from services.reception.kiosks import actions as kiosks
from tests.bench.front_doors import Kiosk, Visitors
from tests.bench.measuring import Bar, Taken, in_turn
from tests.bench.processes import Processes
from tests.bench.stage import BRANCHES, Ground, Kept, Stage
from tests.kit import databases
from tests.kit.databases import REPOSITORY

REQUESTS = 1_200
NEW = 50_000   # the first number of a visitor whom nobody knows
EVENTS_OF_A_NEW_ONE = 4


def measure(stage: Stage, rounds: int) -> list[Bar]:
    """B1 (known visitors) and B1-new."""
    bare_urls = databases.fresh(stage.postgres, stage.broker, ("reception",))
    with stage.ground() as ground, Processes(ground) as processes:
        doors = kiosks_of(ground)
        bare = stage.postgres.connect(bare_urls.names["reception"])
        bare.execute("CREATE SEQUENCE bare_number")
        web = processes.start("reception", "web")
        address = stage.postgres.url(bare_urls.names["reception"])
        bare_port = _bare(processes, "bare", {"BENCH_DATABASE_URL": address})
        bare_new_port = _bare(processes, "bare-new", {"BENCH_DATABASE_URL": address, "BENCH_REGISTER": "1"})
        ours = processes.port("reception")
        _introduce(ground, ours, doors)
        kept, kept_bare = ground.keep("reception"), Kept(bare)
        assert web.alive()
        turns = in_turn("B1", {
            "known": lambda: _run(kept, ours, doors, first=0, events=1),
            "two inserts": lambda: _run(kept_bare, bare_port, doors, first=0, events=1),
            "new": lambda: _run(kept, ours, doors, first=NEW, events=EVENTS_OF_A_NEW_ONE),
            "twelve inserts": lambda: _run(kept_bare, bare_new_port, doors, first=NEW, events=EVENTS_OF_A_NEW_ONE),
        }, rounds)  # fmt: skip
        bare.close()
    databases.give_back(stage.postgres, bare_urls)
    return [
        turns.bar("B1", "check-in of a known visitor, full stack, 8 connections (requests/s)", "known", "two inserts",
                  0.80, "of the same two inserts by raw psycopg in a bare Flask route"),
        turns.bar("B1-new", "check-in of a new person with a new car (requests/s); no bar", "new", "twelve inserts",
                  None, "of the same twelve inserts by raw psycopg in a bare Flask route"),
    ]  # fmt: skip


def kiosks_of(ground: Ground) -> list[Kiosk]:
    """One kiosk per branch."""
    with ground.house.at("reception"):
        return [{"branch": code, "key": kiosks.enrol("bench", code).key} for code in BRANCHES]


def _bare(processes: Processes, name: str, variables: dict[str, str]) -> int:
    port = processes.free()
    config = str(REPOSITORY / "deploy" / "gunicorn.conf.py")
    command = [sys.executable, "-m", "gunicorn", "-c", config, "tests.bench.bare:app"]
    processes.run(name, command, {**variables, "PORT": str(port)}, f"http://127.0.0.1:{port}/ready")
    return port


def _introduce(ground: Ground, port: int, doors: list[Kiosk]) -> None:
    """The known visitors come for the first time; then yesterday is forgotten, and they are not in the house."""
    seen = Visitors(port, doors, REQUESTS, "known").wait()
    if seen.wrong:
        raise RuntimeError(f"{seen.wrong} visitors could not be introduced")
    with ground.connect("reception") as connection:
        connection.execute("TRUNCATE visit, day_line, idempotency, event_log")


def _run(kept: Kept, port: int, doors: list[Kiosk], *, first: int, events: int) -> Taken:
    kept.put_back()
    count: Callable[[str], int] = lambda table: kept.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: E731
    before = count("event_log")
    seen = Visitors(port, doors, REQUESTS, "known", first=first).wait()
    off = abs(count("visit") - REQUESTS) + abs(count("event_log") - before - events * REQUESTS)
    return Taken(seen.rate, seen.wrong + off + REQUESTS - seen.done)
