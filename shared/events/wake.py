"""The relay's doorbell: rung after a commit, so that a fact waits for no poll.

Within one process it is an event object. On PostgreSQL the web processes also send NOTIFY, from a thread of its own:
it costs the request nothing, and many commits in a burst become one notification.
"""

from __future__ import annotations

import threading

import psycopg
import structlog

from shared import clock

log = structlog.get_logger(__name__)
CHANNEL = "event_log"
PAGES = "pages"


class Bell:
    """A counter that can be waited on by many: each waiter sees every ring that came after it last looked."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rings = 0
        self.rung_at = clock.now()

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self._changed:
            self._rings += 1
            self.rung_at = clock.now()
            self._changed.notify_all()

    @property
    def rings(self) -> int:
        """How often it has been rung."""
        return self._rings

    def wait(self, seen: int, timeout: float) -> int:
        """Wait up to ``timeout`` seconds for a ring after ``seen``; returns the count to pass next time."""
        with self._changed:
            if self._rings == seen:
                self._changed.wait(timeout)
            return self._rings


class Wake:
    """A bell of one service; with a PostgreSQL address it also rings (``channel``) and hears across processes.

    ``crowd``: more than one process listens, so a process that listens itself still tells the others.
    """

    def __init__(
        self, postgres: str | None = None, channel: str = CHANNEL, hears: tuple[str, ...] = (CHANNEL,),
        crowd: bool = False,
    ) -> None:  # fmt: skip
        self.bell = Bell()
        self._postgres = postgres
        self._channel = channel
        self._hears = hears
        self._crowd = crowd
        self._pending = threading.Event()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._ringer: threading.Thread | None = None
        self._listener: threading.Thread | None = None

    def ring(self) -> None:
        """Say that something was committed."""
        self.bell.ring()
        if self._postgres and (self._crowd or self._listener is None):
            self._pending.set()
            if self._ringer is None:
                self._start_ringer()

    def listen(self) -> None:
        """Also wake on rings of other processes, from now on."""
        if self._postgres and self._listener is None:
            with self._lock:
                if self._listener is None:
                    self._listener = threading.Thread(target=self._hear, name="wake-listen", daemon=True)
                    self._listener.start()

    def close(self) -> None:
        """End the threads."""
        self._stop.set()
        self._pending.set()
        self.bell.ring()
        for thread in (self._ringer, self._listener):
            if thread is not None:
                thread.join(timeout=2)

    def _start_ringer(self) -> None:
        with self._lock:
            if self._ringer is None:
                self._ringer = threading.Thread(target=self._send, name="wake-ring", daemon=True)
                self._ringer.start()

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self._postgres or "", autocommit=True, connect_timeout=3)

    def _send(self) -> None:
        connection = None
        while not self._stop.is_set():
            self._pending.wait()
            self._pending.clear()
            if self._stop.is_set():
                break
            try:
                connection = connection or self._connect()
                connection.execute(f"NOTIFY {self._channel}")
            except psycopg.Error:
                # The relay's slow poll is the net; the next ring connects anew.
                connection = None
                self._stop.wait(0.2)
        if connection is not None:
            connection.close()

    def _hear(self) -> None:
        while not self._stop.is_set():
            try:
                with self._connect() as connection:
                    for channel in self._hears:
                        connection.execute(f"LISTEN {channel}")
                    self.bell.ring()
                    while not self._stop.is_set():
                        for _ in connection.notifies(timeout=1.0, stop_after=1):
                            self.bell.ring()
            except psycopg.Error as error:
                log.warning("wake.lost", error=type(error).__name__)
                self._stop.wait(1.0)
