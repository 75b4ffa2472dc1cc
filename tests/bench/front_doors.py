"""Visitors at the front doors: starts the kiosks' processes and puts together what they saw."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.measuring import clock, percentile, say
from tests.kit.databases import REPOSITORY

Kiosk = dict[str, str]


@dataclass(frozen=True)
class Seen:
    """What the kiosks saw together. ``answers`` (when kept): sent, answered (seconds of the monotonic clock), visit."""

    done: int
    seconds: float
    wrong: int
    answers: Sequence[tuple[float, float, str]]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.done / self.seconds if self.seconds else 0.0

    def latency(self, share: float) -> float:
        """The percentile of the time to an answer, in milliseconds."""
        return 1000 * percentile([answered - sent for sent, answered, _ in self.answers], share)


class Visitors:
    """Kiosk processes at work: two, so that Python's lock in them is not what is measured."""

    def __init__(
        self, port: int, kiosks: Sequence[Kiosk], count: int, people: str, *, first: int = 0, connections: int = 8,
        rate: float | None = None, keep: bool = False, processes: int = 2,
    ) -> None:  # fmt: skip
        self.start_at = clock() + 1.0
        self._running = []
        for which in range(processes):
            job: dict[str, Any] = {
                "port": port, "kiosks": list(kiosks), "count": count // processes, "people": people,
                "first": first + which, "step": processes, "connections": connections // processes, "keep": keep,
                "start_at": self.start_at, "rate": rate / processes if rate else None,
            }  # fmt: skip
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.bench.kiosks"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                cwd=REPOSITORY,
            )  # fmt: skip
            process.stdin.write(json.dumps(job).encode())
            process.stdin.close()
            self._running.append(process)

    def wait(self) -> Seen:
        """Until every visitor has an answer."""
        found = []
        for process in self._running:
            output = process.stdout.read()
            if process.wait(60) != 0:
                raise RuntimeError("a kiosk's process failed")
            found.append(json.loads(output))
        wrong = [each for one in found for each in one["wrong"]]
        for each in sorted(set(wrong))[:3]:
            say(f"   wrong answer ({wrong.count(each)} of them): {each}")
        began = min(one["began"] for one in found)
        ended = max(one["ended"] for one in found)
        answers = [tuple(each) for one in found for each in one["answers"]]
        return Seen(sum(one["done"] for one in found), ended - began, len(wrong), answers)
