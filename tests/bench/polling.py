"""The rival of the doorbell: reporting's own applying, fed by asking reception's feed every 20 ms.

Started as ``python -m tests.bench.polling`` with reporting's variables and a database of its own. Everything but the
wake-up is the product's: positions, feed, decoding, handlers, the transaction.
"""

from __future__ import annotations

import logging
import signal
import threading

import structlog

from deploy.local.assembling import introduce_by_address
from shared import clock
from shared.app import create_app
from shared.events.applying import Applier
from shared.settings.environment import Environment

SECONDS = 0.020


def main() -> None:
    """Poll until TERM."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    app = create_app("reporting", Environment.read("reporting"))
    runtime = app.extensions["yingbin"]
    introduce_by_address(runtime)
    feed, applier = runtime.peers["reception"], Applier(runtime, "reception")
    position = 0
    with app.app_context():
        while not stop.is_set():
            due = clock.monotonic() + SECONDS
            page = feed.page(position)
            if page.events:
                position = applier.apply(page.events).position
            else:
                stop.wait(max(0.0, due - clock.monotonic()))


if __name__ == "__main__":
    main()
