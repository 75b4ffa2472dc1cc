"""The loop that does what is due. Two threads: a long import must not hold back a timer."""

from __future__ import annotations

import threading
from datetime import datetime

import structlog

from shared import clock, files
from shared.jobs.claiming import claim
from shared.jobs.running import run
from shared.jobs.sweeping import sweep
from shared.runtime import Runtime, runtime

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.5
SWEEP_SECONDS = 600.0
AFTER_ERROR_SECONDS = 2.0


def run_due(
    limit: int = 100, *, now: datetime | None = None, long: bool | None = None, job_id: str | None = None,
    stop: threading.Event | None = None,
) -> int:  # fmt: skip
    """Do up to ``limit`` jobs that are due, one after the other; returns how many were taken.

    In an app context and outside a transaction. ``now`` replaces the database's time, for tests; ``long`` takes only
    long or only short kinds; ``job_id`` only that job.
    """
    kinds = [kind for kind in runtime().jobs.kinds.values() if long is None or kind.long == long]
    taken = 0
    while taken < limit and not (stop is not None and stop.is_set()):
        claimed = claim(kinds, now=now, job_id=job_id)
        if claimed is None:
            break
        taken += 1
        run(claimed, now=now, stop=stop)
    return taken


class Worker:
    """Does the due jobs of one service until its event is set. ``start`` once, ``join`` waits for what is in hand."""

    def __init__(self, runtime: Runtime, stop: threading.Event | None = None) -> None:
        self.runtime = runtime
        self.stop_event = stop or threading.Event()
        # Counts turns, so that a watchdog can tell a worker that works from one that hangs.
        self.turns = 0
        name = runtime.service.name
        self._threads = [
            threading.Thread(target=self._loop, args=(long,), name=f"{name}-jobs-{kind}", daemon=True)
            for long, kind in ((False, "short"), (True, "long"))
        ]

    def start(self) -> None:
        """Start the two threads (daemons: a killed worker's jobs are taken up when their lease ends)."""
        for thread in self._threads:
            thread.start()

    def run_due(self, limit: int = 100, *, now: datetime | None = None) -> int:
        """Do what is due, here and now, in the caller's thread and app context (tests, commands); returns how many."""
        return run_due(limit, now=now, stop=self.stop_event)

    def join(self, timeout: float = 5.0) -> None:
        """Wait up to ``timeout`` seconds for each thread; a long job gives itself back at its next beat."""
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout)

    def _loop(self, long: bool) -> None:
        with self.runtime.app.app_context():
            next_sweep = 0.0
            while not self.stop_event.is_set():
                pause = POLL_SECONDS
                try:
                    taken = run_due(limit=20, long=long, stop=self.stop_event)
                    if not long:
                        next_sweep = self._sweep_when_due(next_sweep)
                    if taken:
                        pause = 0.0
                except Exception as error:
                    # The database is away or busy: nothing is lost, the jobs stay due.
                    log.warning("jobs.waiting", service=self.runtime.service.name, error=type(error).__name__)
                    pause = AFTER_ERROR_SECONDS
                self.turns += 1
                if pause:
                    self.stop_event.wait(pause)

    def _sweep_when_due(self, next_sweep: float) -> float:
        if clock.monotonic() < next_sweep:
            return next_sweep
        if not next_sweep:
            # Once after each start: a restored database may know less than lies on the disk.
            files.remove_orphans()
        sweep()
        return clock.monotonic() + SWEEP_SECONDS

