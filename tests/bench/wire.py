"""The broker without our relay: frames made beforehand and sent in one piece, and a look into a queue."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import amqp
from kombu.utils.url import parse_url

from shared.events.bus import EXCHANGE, Frame
from shared.events.envelope import CONTENT_TYPE
from shared.events.subscription import Subscription
from tests.bench.stage import Ground
from tests.kit.waiting import until

QUEUE = "reporting.from-reception"
_END = b"\xce"
# py-amqp's own second is shorter than a broker may hold back a sender of everything at once.
_PATIENT = {socket.TCP_USER_TIMEOUT: 60_000} if hasattr(socket, "TCP_USER_TIMEOUT") else {}
_ACK, _NACK, _RETURN = 80, 120, 50


def connect(url: str) -> amqp.Connection:
    """A plain connection."""
    parts = parse_url(url)
    connection = amqp.Connection(
        f"{parts['hostname']}:{parts['port']}", userid=parts["userid"], password=parts["password"],
        virtual_host=parts["virtual_host"], socket_settings=_PATIENT,
    )  # fmt: skip
    connection.connect()
    return connection


def encoded(frames: Sequence[Frame], channel: int = 1) -> bytes:
    """basic.publish, header and body of every message, ready for the socket: persistent and mandatory, as ours are."""
    parts: list[bytes] = []
    exchange = _short(EXCHANGE)
    # content type, delivery mode, message id
    flags, content_type = 0x8000 | 0x1000 | 0x0080, _short(CONTENT_TYPE)
    for frame in frames:
        body = frame.body.encode()
        method = struct.pack(">HHH", 60, 40, 0) + exchange + _short(frame.routing_key) + b"\x01"
        header = struct.pack(">HHQH", 60, 0, len(body), flags) + content_type + b"\x02" + _short(frame.id)
        for kind, payload in ((1, method), (2, header), (3, body)):
            parts += (struct.pack(">BHI", kind, channel, len(payload)), payload, _END)
    return b"".join(parts)


def _short(text: str) -> bytes:
    raw = text.encode()
    return bytes([len(raw)]) + raw


def send_at_once(url: str, content: bytes, count: int) -> int:
    """One send of everything, then every confirm awaited; returns how many messages were refused or came back."""
    connection = connect(url)
    try:
        connection.channel().confirm_select()
        line = connection.transport.sock
        line.settimeout(60)
        line.sendall(content)
        return _await_confirms(line, count)
    finally:
        connection.collect()


def _await_confirms(line: socket.socket, count: int) -> int:
    """Reads until ``count`` confirms are in: all up to ``low``, and ``beyond`` what was confirmed out of order."""
    buffer, low, beyond, trouble = b"", 0, set(), 0
    while low + len(beyond) < count:
        received = line.recv(262_144)
        if not received:
            raise ConnectionError("the broker hung up")
        buffer += received
        at = 0
        while len(buffer) - at >= 7:
            kind, _, size = struct.unpack_from(">BHI", buffer, at)
            if len(buffer) - at < size + 8:
                break
            family, method = struct.unpack_from(">HH", buffer, at + 7) if kind == 1 else (0, 0)
            if family == 60 and method in (_ACK, _NACK):
                tag, multiple = struct.unpack_from(">QB", buffer, at + 11)
                if multiple & 1:
                    low = max(low, tag)
                    beyond = {each for each in beyond if each > low}
                else:
                    beyond.add(tag)
                while low + 1 in beyond:
                    low += 1
                    beyond.remove(low)
                trouble += method == _NACK
            trouble += family == 60 and method == _RETURN
            at += size + 8
        buffer = buffer[at:]
    return trouble


class Queue:
    """The queue by which reporting hears reception, seen by the broker's operator."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        with self.subscribed() as subscription:   # declares and binds it
            subscription.connect()

    @contextmanager
    def subscribed(self) -> Iterator[Subscription]:
        """Reporting's own subscription, closed afterwards."""
        subscription = Subscription(self._ground.urls.bus["reporting"], "reporting", "reception")
        try:
            yield subscription
        finally:
            subscription.close()

    @contextmanager
    def _channel(self) -> Iterator[amqp.Channel]:
        # A connection each time: one kept idle would owe the broker heartbeats.
        connection = connect(self._ground.urls.broker.url(vhost=self._ground.urls.vhost))
        try:
            yield connection.channel()
        finally:
            connection.close()

    def count(self) -> int:
        """Messages that wait in it."""
        with self._channel() as channel:
            return channel.queue_declare(QUEUE, passive=True).message_count

    def purge(self) -> None:
        """Empty it; returns when it is."""
        with self._channel() as channel:
            channel.queue_purge(QUEUE)
        until(lambda: self.count() == 0, 10, "the queue is empty")

    def missing(self, wanted: int) -> int:
        """How many of ``wanted`` messages are not in it, a moment for its own counting allowed."""
        try:
            until(lambda: self.count() >= wanted, 5, "all messages stand in the queue")
        except AssertionError:
            pass
        return abs(wanted - self.count())
