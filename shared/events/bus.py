"""The bus: the only file that knows kombu. It rings doorbells; the log is the truth.

Two small publishers, because the in-process transport knows neither confirms nor returns: a windowed one for
RabbitMQ, a plain one for ``memory://``. Everything that can go wrong with the broker comes out as ``BusDown``; nobody
above needs to know why.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

import amqp
import kombu
from amqp.exceptions import AMQPError, MessageNacked
from kombu.exceptions import KombuError
from kombu.transport.memory import Channel as MemoryChannel
from kombu.transport.memory import Transport as MemoryTransport

from shared import clock
from shared.events.envelope import CONTENT_TYPE
from shared.events.wake import Bell

EXCHANGE = "dealer.events"
WINDOW = 500
PREFETCH = 200
CONFIRM_SECONDS = 5.0
HEARTBEAT = 30

# On memory:// a consumer that polls costs a core for nothing: the publisher rings instead.
memory_arrivals = Bell()


class BusDown(RuntimeError):
    """The broker cannot be reached, does not confirm, or has nowhere to route to. Facts wait in the log."""


class Frame(NamedTuple):
    """One message to send: routing key, CloudEvent as text, event id."""

    routing_key: str
    body: str
    id: str


class Delivery(NamedTuple):
    """One message received."""

    tag: Any
    body: bytes | str
    message: Any


class Publisher(Protocol):
    """Sends a page in order and returns only when all of it is safe with the broker."""

    def publish(self, frames: Sequence[Frame]) -> None:
        """Send and wait for the confirms; BusDown otherwise."""

    def idle(self) -> bool:
        """Keep the connection alive; True while the broker refuses to take messages (its alarm)."""

    def drop(self) -> None:
        """Forget the connection, whatever state it is in."""


BROKER_ERRORS = (AMQPError, MessageNacked, KombuError, OSError, ConnectionError, kombu.exceptions.OperationalError)


def connect(url: str) -> kombu.Connection:
    """A connection with every timeout set: a frozen broker must raise, not hang."""
    if url.startswith("memory"):
        return kombu.Connection(url, transport_options={"polling_interval": None})
    return kombu.Connection(
        url,
        connect_timeout=3,
        heartbeat=HEARTBEAT,
        transport_options={
            "read_timeout": 5,
            "write_timeout": 5,
            "socket_settings": {socket.TCP_USER_TIMEOUT: 10_000} if hasattr(socket, "TCP_USER_TIMEOUT") else {},
        },
    )


def publisher(url: str) -> Publisher:
    """The publisher that fits the transport."""
    return PlainPublisher(url) if url.startswith("memory") else WindowedPublisher(url)


def forget_memory() -> None:
    """Empty the in-process broker: its state belongs to the class, and would outlive one test or one wiped broker."""
    MemoryTransport.global_state.clear()
    MemoryChannel.queues.clear()


class PlainPublisher:
    """memory://: publish and ring."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._channel: Any = None

    def publish(self, frames: Sequence[Frame]) -> None:
        """Put each message into the queues bound right now; what is lost is pulled from the log."""
        if self._channel is None:
            self._channel = connect(self._url).channel()
        declare_exchange(self._channel)
        for frame in frames:
            message = self._channel.prepare_message(
                frame.body, content_type=CONTENT_TYPE, content_encoding="utf-8", properties={"message_id": frame.id}
            )
            self._channel.basic_publish(message, EXCHANGE, frame.routing_key)
        memory_arrivals.ring()

    def idle(self) -> bool:
        """Nothing to keep alive."""
        return False

    def drop(self) -> None:
        """Nothing to forget."""
        self._channel = None


class WindowedPublisher:
    """RabbitMQ: up to 500 messages outstanding, tracked by delivery tag, every one mandatory.

    kombu's own ``confirm_publish`` waits for each message (376-743 a second); a window reaches several thousand.
    """

    def __init__(self, url: str, window: int = WINDOW) -> None:
        self._url = url
        self._window = window
        self._connection: Any = None
        self._channel: Any = None
        self._tag = 0
        self._outstanding: dict[int, str] = {}
        self._unroutable: set[str] = set()
        self._refused = False

    def publish(self, frames: Sequence[Frame]) -> None:
        """Send all, then wait until each is confirmed and none came back."""
        try:
            self._ensure()
            self._unroutable.clear()
            self._refused = False
            channel, outstanding = self._channel, self._outstanding
            for frame in frames:
                self._tag += 1
                outstanding[self._tag] = frame.id
                channel.basic_publish(
                    amqp.Message(frame.body.encode(), content_type=CONTENT_TYPE, delivery_mode=2, message_id=frame.id),
                    exchange=EXCHANGE,
                    routing_key=frame.routing_key,
                    mandatory=True,
                )
                if len(outstanding) >= self._window:
                    self._drain(self._window // 2)
            self._drain(0)
        except BROKER_ERRORS as error:
            raise BusDown(type(error).__name__) from error
        if self._refused:
            raise BusDown("nacked")
        if self._unroutable:
            # Confirmed, but in no queue: a binding is gone. Never counted as told.
            raise BusDown("unroutable")

    def idle(self) -> bool:
        """Answer heartbeats while there is nothing to send."""
        if self._connection is None:
            return False
        try:
            self._connection.heartbeat_check()
            self._drain_once(0.001)
        except BROKER_ERRORS as error:
            raise BusDown(type(error).__name__) from error
        return False

    def drop(self) -> None:
        """``release()`` hangs on a frozen broker; ``collect`` cuts."""
        connection, self._connection, self._channel = self._connection, None, None
        self._outstanding.clear()
        self._tag = 0
        collect(connection)

    def _ensure(self) -> None:
        if self._channel is not None:
            return
        self._connection = connect(self._url)
        self._connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
        channel = self._connection.channel()
        declare_exchange(channel)
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        self._tag = 0
        self._outstanding.clear()
        self._channel = channel

    def _drain(self, until: int) -> None:
        deadline = clock.monotonic() + CONFIRM_SECONDS
        while len(self._outstanding) > until:
            if clock.monotonic() > deadline:
                raise TimeoutError("confirm")
            self._drain_once(0.5)

    def _drain_once(self, timeout: float) -> None:
        try:
            self._connection.drain_events(timeout=timeout)
        except TimeoutError:
            pass

    def _on_ack(self, tag: int, multiple: bool) -> None:
        if not multiple:
            self._outstanding.pop(tag, None)
            return
        for held in [t for t in self._outstanding if t <= tag]:
            del self._outstanding[held]

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._refused = True
        self._on_ack(tag, multiple)

    def _on_return(self, error: Exception, exchange: str, routing_key: str, message: Any) -> None:
        # Comes before the ack of the same message; without this listener a return would raise out of drain_events.
        self._unroutable.add(message.properties.get("message_id", ""))


def declare_exchange(channel: Any) -> None:
    """Passive on RabbitMQ (it ships with the broker's definitions, a service may not configure it); made at once in
    memory.
    """
    if isinstance(channel, amqp.Channel):
        channel.exchange_declare(EXCHANGE, "topic", passive=True)
    else:
        kombu.Exchange(EXCHANGE, "topic", durable=True)(channel).declare()


def collect(connection: kombu.Connection | None) -> None:
    """Cut a connection without waiting for its other end."""
    if connection is not None:
        # It was broken already, and nothing of it is needed: whatever this raises is no news.
        with suppress(Exception):
            connection.collect(socket_timeout=1)
