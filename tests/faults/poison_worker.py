"""Reporting's worker with a reaction that takes the whole process down when it meets a call about poison (F22)."""

from __future__ import annotations

import os
import signal
import threading

from deploy.cli import service_context
from shared.events.handlers import Reaction
from shared.events.worker import Worker


def act(event: object) -> None:
    if event.data["topic"] == "poison":
        os._exit(9)


if __name__ == "__main__":
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with service_context("reporting") as runtime:
        runtime.handlers.reactions["test.poison"] = Reaction(
            "test.poison", frozenset({"reception.call.logged.v1"}), act
        )
        worker = Worker(runtime)
        worker.start()
        stop.wait()
        worker.stop()
