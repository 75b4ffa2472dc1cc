"""B9, everything in one process: how long `make run` takes to its first page, how soon headquarters sees a check-in.

The first start makes databases and the demo group and is thrown away. Then, as often as there are rounds: start to the
first 200 of `/`, fifteen seconds of check-ins at 20 a second, and end by TERM. A check-in counts from when its kiosk
sends it to when a long-polling reader of headquarters' feed holds it.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import statistics
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.processes import Recorded, free_port, tail, wait_until
from tests.bench.front_doors import Visitors
from tests.bench.measuring import Bar, clock, percentile, say
from tests.bench.stage import Stage
from tests.kit.databases import REPOSITORY

RATE = 20
SECONDS = 15


def measure(stage: Stage, rounds: int) -> list[Bar]:
    """B9a (start) and B9b (latency)."""
    folder = stage.folder("embedded")
    with _running(folder) as (cold, _):
        say(f"B9 first start, with databases and demo group: {cold:.1f} s")
    starts, p50, p99, errors = [], [], [], 0
    for number in range(rounds):
        with _running(folder) as (seconds, port):
            late, wrong = _arrivals(folder, port)
        starts.append(seconds)
        p50.append(percentile(late, 0.5))
        p99.append(percentile(late, 0.99))
        errors += wrong
        say(f"B9 {number + 1}/{rounds}: start {seconds:.2f} s · p50 {p50[-1]:.0f} ms · p99 {p99[-1]:.0f} ms")
    start, worst = statistics.median(starts), statistics.median(p99)
    more = {"p50_ms": statistics.median(p50)}
    return [
        Bar("B9a", "`make run`, second start, to the first page", start, 5.0, "s", rounds, 0, start, None, "less"),
        Bar("B9b", f"embedded: check-in → visible at headquarters at {RATE}/s, p99", None if errors else worst, 300.0,
            "ms", rounds, errors, worst, None, "less", more),
    ]  # fmt: skip


@contextmanager
def _running(folder: Path) -> Iterator[tuple[float, int]]:
    """`make run`; yields the seconds to its first page and its port, and ends it by TERM."""
    port, log = free_port(), folder / "said.log"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("YINGBIN_")}
    began = clock()
    with open(log, "w") as output:
        process = subprocess.Popen(
            ["make", "--no-print-directory", "run"], cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=output,
            stderr=output, start_new_session=True,
            env={**inherited, "PORT": str(port), "DATA_DIR": str(folder / "data")},
        )  # fmt: skip
    family = Recorded.of(process.pid)
    try:
        up = wait_until(lambda: process.poll() is not None or _page(port), 120, pause=0.01)
        if not up or process.poll() is not None:
            raise RuntimeError(f"make run does not come up:\n{tail(log)}")
        yield clock() - began, port
    finally:
        # make hands TERM on to what it runs.
        for member in reversed(family.children()):
            member.send(signal.SIGTERM)
        if not family.wait(20):
            family.kill()
            raise RuntimeError(f"make run did not end by TERM:\n{tail(log)}")


def _page(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


def _arrivals(folder: Path, port: int) -> tuple[list[float], int]:
    """Milliseconds from kiosk to headquarters of every check-in, and how many things went wrong."""
    keys = json.loads((folder / "data" / "demo-credentials.json").read_text(encoding="utf-8"))
    reader = _Headquarters(port, keys["hq"]["key"])
    visitors = Visitors(
        port, keys["kiosk"], RATE * SECONDS, "strangers", rate=RATE, connections=4, keep=True, processes=1
    )
    reader.start()
    seen = visitors.wait()
    sent = {visit: at for at, _, visit in seen.answers}
    wait_until(lambda: reader.failed or sent.keys() <= reader.seen.keys(), 15)
    reader.stop()
    late = [1000 * (reader.seen[visit] - at) for visit, at in sent.items() if visit in reader.seen]
    return late or [0.0], seen.wrong + abs(RATE * SECONDS - len(late)) + reader.failed


class _Headquarters:
    """Reads the feed by long polls, as an outside client does."""

    def __init__(self, port: int, key: str) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        self._after = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read_on, daemon=True)
        self.seen: dict[str, float] = {}
        self.failed = 0
        while self._page(0):   # what was there before
            pass

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(15)
        self._line.close()

    def _read_on(self) -> None:
        while not self._stop.is_set() and not self.failed:
            try:
                self._page(1)
            except (OSError, http.client.HTTPException, ValueError, KeyError):
                self.failed = 1

    def _page(self, wait: int) -> int:
        asked = f"/reporting/api/v1/feed?after={self._after}&limit=1000&wait={wait}"
        self._line.request("GET", asked, headers=self._headers)
        answer = self._line.getresponse()
        content = json.loads(answer.read())
        now = clock()
        for event in content["events"]:
            family, _, thing = event["subject"].partition("/")
            if family == "visit":
                self.seen.setdefault(thing, now)
            self._after = event["position"]
        return len(content["events"])
