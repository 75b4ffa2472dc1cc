"""The worker of one service: its relay, a consumer for each source, and its jobs, in threads that one event stops."""

from __future__ import annotations

import threading

import structlog

from shared import jobs
from shared.events import bus
from shared.events.backfill import backfill
from shared.events.consumer import SourceConsumer
from shared.events.pull import SourceUnreachable
from shared.events.relay import Relay
from shared.events.subscription import Subscription
from shared.runtime import Runtime

log = structlog.get_logger(__name__)


class Worker:
    """Everything of a service that is not a request."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.stop_event = threading.Event()
        url = runtime.environment.bus_url
        self.relay = Relay(runtime, bus.publisher(url), self.stop_event)
        self.consumers = [
            SourceConsumer(
                runtime,
                source,
                runtime.peers[source],
                Subscription(url, runtime.service.name, source),
                self.stop_event,
            )
            for source in runtime.service.hears
        ]
        self.jobs = jobs.Worker(runtime, self.stop_event)
        self._backfiller = threading.Thread(target=self._backfill, name=f"{runtime.service.name}-backfill", daemon=True)

    def start(self) -> None:
        """Start all threads."""
        self.runtime.worker = self
        self.relay.start()
        self._backfiller.start()
        for consumer in self.consumers:
            consumer.start()
        self.jobs.start()

    def stop(self) -> None:
        """Stop all threads; the relay's lock and the cursors are let go, so that the next start waits for nothing."""
        self.stop_event.set()
        self.relay.join()
        for consumer in self.consumers:
            consumer.join()
        self.jobs.join()
        self.runtime.wake.close()

    def _backfill(self) -> None:
        with self.runtime.app.app_context():
            while not self.stop_event.is_set():
                try:
                    backfill(self.runtime)
                    return
                except SourceUnreachable:
                    self.stop_event.wait(1.0)
                except Exception as error:
                    log.error("backfill.failed", service=self.runtime.service.name, error=type(error).__name__)
                    self.stop_event.wait(5.0)
