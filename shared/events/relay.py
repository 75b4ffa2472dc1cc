"""The relay: numbers what was committed and tells the bus, in that order. One is active per service.

Numbering never waits for the broker: with RabbitMQ away the positions go on, and the facts travel by the feed.
"""

from __future__ import annotations

import threading
from typing import Any

import structlog
from sqlalchemy import text

from shared.db import every_branch
from shared.events.bus import BusDown, Frame, Publisher
from shared.events.envelope import LogRow
from shared.events.numbering import PAGE, number_page, read_after
from shared.events.wake import Bell
from shared.faults import fp
from shared.ids import uuid7
from shared.runtime import Runtime

log = structlog.get_logger(__name__)

LEASE_SECONDS = 3.0
RENEW_SECONDS = 1.0
IDLE_SECONDS = 1.0
LOCK_KEY = 0x5942_4C47  # nothing else in a service's database takes an advisory lock of this number
_DATABASE_SECONDS = "((julianday('now') - 2440587.5) * 86400.0)"


class LockLost(RuntimeError):
    """Another relay has taken over, or the connection that held the lock is gone."""


class AdvisoryLock:
    """PostgreSQL: the lock lives on the connection that numbers, and dies with it (9 ms after a kill -9)."""

    def __init__(self, runtime: Runtime) -> None:
        self._engine = runtime.database.group_engine
        self._connection: Any = None

    def acquire(self) -> bool:
        """Try to become the relay."""
        connection = self._engine.connect()
        try:
            held = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}).scalar_one()
            connection.commit()
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        if held:
            self._connection = connection
        else:
            connection.close()
        return held

    def number(self) -> int:
        """Number one page in a transaction of its own."""
        try:
            given = number_page(self._connection)
            self._connection.commit()
            return given
        except BaseException:
            self._drop()
            raise

    def renew(self) -> None:
        """Nothing to do: a dead connection shows at the next page, and at latest at the next look for work."""

    def release(self) -> None:
        """Give it up at once, so that a restart finds it free."""
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK_KEY})
                self._connection.commit()
                self._connection.close()
                self._connection = None
            except Exception:
                self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # Never back to the pool: a session that still held the lock would keep it for ever.
            connection.invalidate()
            connection.close()


class Lease:
    """SQLite: a row that says who and until when, checked inside every numbering transaction, released on stop."""

    def __init__(self, runtime: Runtime) -> None:
        self._database = runtime.database
        self._me = uuid7()

    def acquire(self) -> bool:
        """Try to become the relay."""
        with every_branch(), self._database.transaction() as session:
            session.execute(
                text("INSERT INTO relay_lease (name, holder, until) VALUES ('relay', NULL, 0) ON CONFLICT DO NOTHING")
            )
            return self._take(session, "holder IS NULL OR holder = :me OR until < " + _DATABASE_SECONDS)

    def number(self) -> int:
        """Number one page in a transaction of its own; the lease is checked and renewed in it."""
        with every_branch(), self._database.reader() as session:
            # Looking costs no lock; most looks find nothing to do.
            if session.execute(text("SELECT 1 FROM event_log WHERE position IS NULL LIMIT 1")).first() is None:
                return 0
        with every_branch(), self._database.transaction() as session:
            if not self._take(session, "holder = :me"):
                raise LockLost
            return number_page(session.connection())

    def renew(self) -> None:
        """Keep the lease while there is nothing to number."""
        with every_branch(), self._database.transaction() as session:
            if not self._take(session, "holder = :me"):
                raise LockLost

    def release(self) -> None:
        """Give it up at once (an unreleased lease of 10 s made a reload cost 9.9 s)."""
        with every_branch(), self._database.transaction() as session:
            session.execute(
                text("UPDATE relay_lease SET holder = NULL, until = 0 WHERE name = 'relay' AND holder = :me"),
                {"me": self._me},
            )

    def _take(self, session: Any, condition: str) -> bool:
        return (
            session.execute(
                text(
                    f"UPDATE relay_lease SET holder = :me, until = {_DATABASE_SECONDS} + :seconds "  # noqa: S608 - constants
                    f"WHERE name = 'relay' AND ({condition})"
                ),
                {"me": self._me, "seconds": LEASE_SECONDS},
            ).rowcount
            == 1
        )


class Relay:
    """Two threads: one numbers, one publishes; both only while this process holds the lock."""

    def __init__(self, runtime: Runtime, publisher: Publisher, stop: threading.Event | None = None) -> None:
        self.runtime = runtime
        self.publisher = publisher
        self.stop = stop or threading.Event()
        self.lock = AdvisoryLock(runtime) if runtime.database.dialect == "postgresql" else Lease(runtime)
        self.active = False
        self.bus_up = True
        self.blocked = False
        self.numbered = Bell()
        self._threads: list[threading.Thread] = []

    # -- one step at a time: the threads loop over these, tests and tools call them

    def number_all(self) -> int:
        """Number everything that is committed; drains before it returns."""
        total = 0
        while given := self.lock.number():
            total += given
            self.numbered.ring()
            if given < PAGE:
                break
        return total

    def publish_page(self) -> int:
        """Tell the bus about the next page of numbered events and mark them once confirmed; returns how many (BusDown
        on failure).
        """
        rows, published = self._unpublished()
        if rows:
            self.publisher.publish([_frame(row) for row in rows])
            fp("relay.after_confirm")
            self._mark(published, rows[-1].position)
        return len(rows)

    def step(self) -> int:
        """Everything once, in the calling thread: take the lock, number, publish. Returns the events published."""
        if not self.active:
            self.active = self.lock.acquire()
        if not self.active:
            return 0
        self.number_all()
        total = 0
        while sent := self.publish_page():
            total += sent
            if sent < PAGE:
                break
        return total

    # -- threads

    def start(self) -> None:
        """Start both threads."""
        for name, target in (("relay-number", self._number_loop), ("relay-publish", self._publish_loop)):
            thread = threading.Thread(target=target, name=f"{self.runtime.service.name}-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def join(self, timeout: float = 5.0) -> None:
        """Wait for the threads after ``stop`` was set."""
        self.numbered.ring()
        self.runtime.wake.bell.ring()
        for thread in self._threads:
            thread.join(timeout)

    def _number_loop(self) -> None:
        with self.runtime.app.app_context():
            self.runtime.wake.listen()
            while not self.stop.is_set():
                try:
                    self.active = self.active or self.lock.acquire()
                    if not self.active:
                        self.stop.wait(0.5)
                        continue
                    self._number_while_active()
                except LockLost:
                    log.warning("relay.lock_lost", service=self.runtime.service.name)
                    self.active = False
                except Exception as error:
                    log.warning("relay.failed", service=self.runtime.service.name, error=type(error).__name__)
                    self.active = False
                    self.stop.wait(0.5)
            if self.active:
                self.active = False
                self.lock.release()

    def _number_while_active(self) -> None:
        bell = self.runtime.wake.bell
        seen = bell.rings
        while not self.stop.is_set():
            self.number_all()
            before = seen
            seen = bell.wait(seen, RENEW_SECONDS)
            if seen == before:
                self.lock.renew()

    def _publish_loop(self) -> None:
        with self.runtime.app.app_context():
            pause = 0.2
            seen = self.numbered.rings
            while not self.stop.is_set():
                try:
                    while self.active and not self.stop.is_set():
                        sent = self.publish_page()
                        if sent:
                            self.bus_up, pause = True, 0.2
                        if sent < PAGE:
                            # What was numbered meanwhile has rung: no second look to find nothing.
                            break
                    self.blocked = self.publisher.idle()
                    seen = self.numbered.wait(seen, IDLE_SECONDS)
                except BusDown as error:
                    if self.bus_up:
                        log.warning("relay.bus_down", service=self.runtime.service.name, reason=str(error))
                    self.bus_up = False
                    self.publisher.drop()
                    self.stop.wait(pause)
                    pause = min(pause * 2, 5.0)
                except Exception as error:
                    log.warning("relay.publish_failed", service=self.runtime.service.name, error=type(error).__name__)
                    self.stop.wait(0.5)
            self.publisher.drop()

    # -- database

    def _unpublished(self) -> tuple[list[LogRow], int]:
        with every_branch(), self.runtime.database.reader() as session:
            connection = session.connection()
            published = connection.execute(
                text("SELECT position FROM log_counter WHERE name = 'published'")
            ).scalar_one()
            return read_after(connection, self.runtime.service.name, published, PAGE), published

    def _mark(self, published: int, position: int) -> None:
        with every_branch(), self.runtime.database.transaction() as session:
            session.execute(
                text(
                    "UPDATE log_counter SET position = :position "
                    "WHERE name = 'published' AND position >= :published AND position < :position"
                ),
                {"position": position, "published": published},
            )


def _frame(row: LogRow) -> Frame:
    return Frame(f"{row.branch}.{row.type}", row.encode(), row.id)
