"""A PostgreSQL that stands still takes nobody with it.

A server process that is stopped or swaps itself to death still has a kernel that acknowledges every packet: neither
TCP's timeouts nor the server's own limits end the wait, and each thread that asks waits for ever. Here one thread asks
for everybody, on a connection of its own that never waits longer than it is told; when no answer comes it cuts all
connections, so that those who wait get an error now (503, to be tried again). Nobody pays for it while all is well.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import psycopg
import structlog
from psycopg.pq import PollingStatus
from sqlalchemy import URL, Engine, event

from shared import clock

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn

log = structlog.get_logger(__name__)

EVERY_SECONDS = 1.5
# The plainest question takes that long on no server that still works. Then a request may try one new connection (3 s):
# together less than the ten seconds that nobody may wait.
PATIENCE_SECONDS = 4.5


class Watchman:
    """Looks after the connections of some engines to one server; begins with the first of them."""

    def __init__(self, url: URL, *, every: float = EVERY_SECONDS, patience: float = PATIENCE_SECONDS) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._every, self._patience = every, patience
        self._watched: weakref.WeakSet[psycopg.Connection] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._pid = 0
        self._thread: threading.Thread | None = None

    def watch(self, engine: Engine) -> None:
        """Look after every connection that this engine opens from now on."""

        @event.listens_for(engine, "connect")
        def opened(connection: psycopg.Connection, record: Any) -> None:
            with self._lock:
                self._watched.add(connection)
                # Threads do not survive a fork.
                begin = self._pid != os.getpid() and not self._stop.is_set()
                self._pid = os.getpid()
            if begin:
                self._thread = threading.Thread(target=self._walk, name="database-watchman", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the rounds; its own connection is gone afterwards, unless the server stands still at this moment."""
        self._stop.set()
        if self._thread is not None and self._pid == os.getpid():
            self._thread.join(1.0)

    def _walk(self) -> None:
        own: PGconn | None = None
        while not self._stop.wait(self._every):
            until = clock.monotonic() + self._patience
            try:
                own = own or self._connected(until)
                _ask(own, until)
            except TimeoutError:
                log.error("database.stands_still", cut=self._cut())
                _close(own)
                own = None
            except psycopg.Error:
                # Refused or broken: whoever asks is told so at once, without our help.
                _close(own)
                own = None
        _close(own)

    def _connected(self, until: float) -> PGconn:
        made = psycopg.pq.PGconn.connect_start(self._address.encode())
        while (state := made.connect_poll()) != PollingStatus.OK:
            if state == PollingStatus.FAILED:
                raise psycopg.OperationalError("no connection")
            _await(made.socket, until, writing=state == PollingStatus.WRITING)
        made.nonblocking = 1
        return made

    def _cut(self) -> int:
        with self._lock:
            watched = [connection for connection in self._watched if not connection.closed]
        for connection in watched:
            with contextlib.suppress(OSError, psycopg.Error), _socket(connection.pgconn.socket) as line:
                # Both ways: the thread that waits on it reads the end, now.
                line.shutdown(socket.SHUT_RDWR)
        return len(watched)


def _ask(own: PGconn, until: float) -> None:
    own.send_query(b"SELECT 1")
    while own.flush():
        _await(own.socket, until, writing=True)
    while True:
        while own.is_busy():
            _await(own.socket, until)
            own.consume_input()
        if own.get_result() is None:
            return


def _await(descriptor: int, until: float, *, writing: bool = False) -> None:
    left = until - clock.monotonic()
    ready = select.poll()
    ready.register(descriptor, select.POLLOUT if writing else select.POLLIN)
    if left <= 0 or not ready.poll(left * 1000):
        raise TimeoutError


def _close(own: PGconn | None) -> None:
    if own is not None:
        own.finish()


@contextlib.contextmanager
def _socket(descriptor: int) -> Iterator[socket.socket]:
    """A second handle on a connection's socket; closing it leaves the connection its own."""
    line = socket.socket(fileno=os.dup(descriptor))
    try:
        yield line
    finally:
        line.close()
