"""One consumer's queue of one source: declared and bound by itself whenever it is gone.

Connecting happens in a thread of its own: a frozen broker accepts connections and then says nothing, and the consumer
has better things to do than to wait for it (it pulls).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import kombu

from shared import clock
from shared.events.bus import (
    BROKER_ERRORS,
    EXCHANGE,
    PREFETCH,
    BusDown,
    Delivery,
    collect,
    connect,
    declare_exchange,
    memory_arrivals,
)

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
REDECLARE_SECONDS = 10.0


class Subscription:
    """``drain`` gives what has arrived; ``BusDown`` says that the broker is away, at once, without waiting for it."""

    def __init__(self, url: str, service: str, source: str) -> None:
        self._url = url
        self._memory = url.startswith("memory")
        self.queue_name = f"{service}.from-{source}"
        self._source = source
        self._connection: Any = None
        self._consumer: Any = None
        self._inbox: list[Delivery] = []
        self._rings = 0
        self._beat = 0.0
        self._connector: threading.Thread | None = None
        self._pause = FIRST_PAUSE_SECONDS
        self._connect_at = 0.0
        self._redeclare_at = 0.0
        self._closed = False

    def connect(self, seconds: float = 10.0) -> None:
        """Be connected before going on (tools and tests); BusDown when it takes longer."""
        deadline = clock.monotonic() + seconds
        while self._consumer is None:
            self._connect_at = 0.0
            self._begin_connecting()
            if self._connector is not None:
                self._connector.join(max(0.0, deadline - clock.monotonic()))
            if self._consumer is None and clock.monotonic() >= deadline:
                raise BusDown("not connected")

    def drain(self, timeout: float, limit: int = PREFETCH) -> list[Delivery]:
        """Messages at hand, waiting up to ``timeout`` seconds for a first one; BusDown when there is no connection."""
        if self._consumer is None:
            self._begin_connecting()
            if self._consumer is None:
                raise BusDown("no connection")
        try:
            if self._memory:
                self._rings = memory_arrivals.wait(self._rings, timeout)
                timeout = 0
            else:
                self._heartbeat()
            self._receive(timeout)
            while self._inbox and len(self._inbox) < limit:
                before = len(self._inbox)
                self._receive(0)
                if len(self._inbox) == before:
                    break
        except BROKER_ERRORS as error:
            self.drop()
            raise BusDown(type(error).__name__) from error
        received, self._inbox = self._inbox, []
        return received

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge a batch: one multiple ack on RabbitMQ; memory:// would silently acknowledge only one."""
        if not deliveries or self._consumer is None:
            return
        try:
            if self._memory:
                for delivery in deliveries:
                    delivery.message.ack()
            else:
                self._consumer.channel.basic_ack(deliveries[-1].tag, multiple=True)
        except BROKER_ERRORS as error:
            self.drop()
            raise BusDown(type(error).__name__) from error

    def redeclare(self) -> None:
        """Declare queue and binding again, in the background and not too often: a binding taken away makes no noise."""
        now = clock.monotonic()
        if not self._memory and now >= self._redeclare_at:
            self._redeclare_at = now + REDECLARE_SECONDS
            threading.Thread(target=self._declare_beside, name=f"{self.queue_name}-declare", daemon=True).start()

    def drop(self) -> None:
        """Forget the connection; undelivered messages go back to the queue."""
        connection, self._connection, self._consumer = self._connection, None, None
        self._inbox = []
        collect(connection)

    def close(self) -> None:
        """Give the messages in hand back and go."""
        self._closed = True
        self.drop()

    def wake(self) -> None:
        """End a wait in memory:// early (at stop)."""
        memory_arrivals.ring()

    def _begin_connecting(self) -> None:
        self._closed = False
        if self._memory:
            self._open()
            return
        busy = self._connector is not None and self._connector.is_alive()
        if not busy and clock.monotonic() >= self._connect_at:
            self._connector = threading.Thread(target=self._try_open, name=f"{self.queue_name}-connect", daemon=True)
            self._connector.start()
            # A healthy broker answers within milliseconds.
            self._connector.join(0.3)

    def _try_open(self) -> None:
        try:
            self._open()
            self._pause = FIRST_PAUSE_SECONDS
        except BROKER_ERRORS:
            self._connect_at = clock.monotonic() + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def _open(self) -> None:
        connection = connect(self._url)
        try:
            consumer = self._declared(connection)
            consumer.consume()
        except BaseException:
            collect(connection)
            raise
        if self._closed:
            collect(connection)
            return
        self._beat = clock.monotonic()
        self._connection = connection
        self._consumer = consumer

    def _declared(self, connection: kombu.Connection) -> kombu.Consumer:
        connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
        channel = connection.channel()
        declare_exchange(channel)
        queue = kombu.Queue(
            self.queue_name,
            kombu.Exchange(EXCHANGE, "topic", durable=True, no_declare=True),
            # All branches and all types of the source: a type left out would look like a hole in the positions.
            routing_key=f"*.{self._source}.#",
            durable=True,
            queue_arguments=None if self._memory else {"x-queue-type": "quorum", "x-single-active-consumer": True},
        )
        return kombu.Consumer(channel, [queue], on_message=self._on_message, prefetch_count=PREFETCH, auto_declare=True)

    def _declare_beside(self) -> None:
        connection = connect(self._url)
        try:
            self._declared(connection)
        except BROKER_ERRORS:
            # The consumer's own connection will notice what this one met.
            return
        finally:
            collect(connection)

    def _on_message(self, message: Any) -> None:
        self._inbox.append(Delivery(message.delivery_tag, message.body, message))

    def _receive(self, timeout: float) -> None:
        try:
            self._connection.drain_events(timeout=timeout)
        except TimeoutError:
            return

    def _heartbeat(self) -> None:
        now = clock.monotonic()
        if now - self._beat >= 1.0:
            self._beat = now
            self._connection.heartbeat_check()
