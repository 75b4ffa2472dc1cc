"""B4, how soon: from the commit in reception to the commit in reporting, at 50 events a second, with everything up.

Four web and four worker processes as in production. Kiosks check visitors in over HTTP, one event each. Both instants
are PostgreSQL's own commit times of the visit's row and of the feed's row, on one server and one clock, so watching
costs nothing. The rival takes turns with reporting's worker (one of them is stopped meanwhile) and asks reception's
feed every 20 ms; the wake-up is all that differs.
"""

from __future__ import annotations

import signal
import sys

import psycopg

from deploy.processes import Recorded
from deploy.servers import SERVICES
from tests.bench.bars.b1 import kiosks_of
from tests.bench.front_doors import Kiosk, Visitors
from tests.bench.measuring import Bar, Taken, Turns, in_turn, percentile, say
from tests.bench.processes import Processes
from tests.bench.stage import Ground, Stage
from tests.kit import databases
from tests.kit.waiting import until

RATE = 50
SECONDS = 10
_COMMITTED = """
SELECT l.position, extract(epoch FROM pg_xact_commit_timestamp(v.xmin))::float8 FROM visit AS v
JOIN event_log AS l ON l.subject = 'visit/' || v.id WHERE l.type = 'reception.visit.checked_in.v1' AND l.position > %s
"""
_VISIBLE = """
SELECT source_position, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 FROM feed_entry
WHERE source = 'reception' AND source_position > %s
"""


def measure(stage: Stage, rounds: int) -> list[Bar]:
    """B4a (p50), B4b (p99), B4c (p50 against polling)."""
    apart = databases.fresh(stage.postgres, stage.broker, ("reporting",))
    with stage.ground() as ground, Processes(ground) as processes:
        doors = kiosks_of(ground)
        for service in SERVICES:
            processes.start(service, "web")
        workers = {service: processes.start(service, "worker") for service in SERVICES}
        poller = processes.run("poller", [sys.executable, "-m", "tests.bench.polling"], apart.variables())
        with ground.connect("reception") as source, ground.connect("reporting") as ours, stage.postgres.connect(
            apart.names["reporting"]
        ) as polled:
            port = processes.port("reception")
            try:
                bell = _Way(ground, source, ours, workers["reporting"], poller, port, doors)
                poll = _Way(ground, source, polled, poller, workers["reporting"], port, doors)
                turns = in_turn("B4", {"bell": bell.run, "poll": poll.run}, rounds)
            except BaseException:
                say(processes.log("reporting-worker") + processes.log("poller"))
                raise
            finally:
                for process in (poller, workers["reporting"]):
                    process.send(signal.SIGCONT)
    databases.give_back(stage.postgres, apart)
    return [
        _milliseconds(turns, "B4a", "p50", 15.0),
        _milliseconds(turns, "B4b", "p99", 60.0),
        turns.bar("B4c", "the same, p50 against a 20 ms poll", "bell", "poll", 1 / 3, "of a 20 ms poll", "less"),
    ]  # fmt: skip


def _milliseconds(turns: Turns, id: str, which: str, bar: float) -> Bar:
    errors = turns.errors("bell", "poll")
    ours = turns.median("bell", which)
    return Bar(
        id, f"commit in reception → visible in reporting at {RATE} events/s, {which}", None if errors else ours, bar,
        "ms", turns.rounds, errors, ours, turns.median("poll", which), "less",
    )  # fmt: skip


class _Way:
    """One way by which facts reach one database, while the other way is stopped."""

    def __init__(
        self, ground: Ground, source: psycopg.Connection, target: psycopg.Connection, runs: Recorded, rests: Recorded,
        port: int, doors: list[Kiosk],
    ) -> None:  # fmt: skip
        self._source, self._target, self._port, self._doors = source, target, port, doors
        self._runs, self._rests = runs, rests

    def run(self) -> Taken:
        """Ten seconds of visitors; the figure is the median latency in milliseconds."""
        self._runs.send(signal.SIGCONT)
        self._settle()
        self._rests.send(signal.SIGSTOP)
        before = self._head()
        # The other way, as it caught up, stands at the same head: nothing of this round is its work.
        seen = Visitors(self._port, self._doors, RATE * SECONDS, "strangers", rate=RATE, connections=8).wait()
        self._settle()
        committed = dict(self._source.execute(_COMMITTED, [before]).fetchall())
        visible = dict(self._target.execute(_VISIBLE, [before]).fetchall())
        self._rests.send(signal.SIGCONT)
        late = [1000 * (visible[position] - at) for position, at in committed.items() if position in visible]
        errors = seen.wrong + abs(RATE * SECONDS - len(late)) + abs(len(visible) - len(late))
        return Taken(percentile(late, 0.5), errors, {"p50": percentile(late, 0.5), "p99": percentile(late, 0.99)})

    def _settle(self) -> None:
        """Until this way has everything that reception has committed."""
        until(self._settled, 60, "every fact has arrived")

    def _settled(self) -> bool:
        waiting = self._source.execute("SELECT count(*) FROM event_log WHERE position IS NULL").fetchone()[0]
        found = self._target.execute("SELECT position FROM cursor WHERE source = 'reception'").fetchone()
        return not waiting and found is not None and found[0] == self._head()

    def _head(self) -> int:
        return self._source.execute("SELECT position FROM log_counter WHERE name = 'head'").fetchone()[0]
