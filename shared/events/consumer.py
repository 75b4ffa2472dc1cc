"""One consumer: one service hearing one source. The bus rings, the cursor decides, the feed fills in.

A message is acknowledged whatever becomes of it: the log still has it. So the bus can lose, double or shuffle as it
likes, and the consumer pulls by itself at the start, every few seconds of silence, and every second while the broker
is away.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable

import structlog
from sqlalchemy import select, update

from shared import clock
from shared.branches import known as known_branch
from shared.db import every_branch
from shared.db.transient import is_transient
from shared.events import parking
from shared.events.applying import Applier, EpochChanged
from shared.events.bus import BusDown, Delivery
from shared.events.envelope import Event, NotAnEvent, decode
from shared.events.pull import PAGE, AheadOfSource, FeedClient, Page, SourceUnreachable
from shared.events.reconciling import base_for, reconcile
from shared.events.subscription import Subscription
from shared.events.tables import Cursor, Parked
from shared.faults import fp
from shared.ids import uuid7
from shared.runtime import Runtime

log = structlog.get_logger(__name__)

SILENCE_SECONDS = 2.0
BUS_AWAY_SECONDS = 1.0
ASKED_SECONDS = 3.0
_cursor = Cursor.__table__


class SourceConsumer:
    """Hears one source. ``turn`` is one step; the thread loops over it, tests call it."""

    def __init__(
        self,
        runtime: Runtime,
        source: str,
        feed: FeedClient,
        subscription: Subscription,
        stop: threading.Event | None = None,
    ):
        self.runtime = runtime
        self.source = source
        self.feed = feed
        self.subscription = subscription
        self.stop = stop or threading.Event()
        self.applier = Applier(runtime, source)
        self.me = uuid7()
        self.careful = False
        self.bus_up = True
        self.head = 0
        self.undecodable = 0
        self.foreign = 0
        self._pull_at = 0.0
        self._backoff = 0.2
        self._parked = 0
        self._asked_at = 0.0
        self._unreachable: bool | None = None
        self._thread: threading.Thread | None = None

    # -- life

    def open(self) -> None:
        """Take the source in hand; a hand still on it means that the last run was killed, so the first page goes
        carefully.
        """
        with every_branch(), self.runtime.database.transaction() as session:
            cursor = self.applier.lock(session)
            self.careful = cursor.running is not None
            cursor.running = self.me
            self._parked = cursor.parked
            self._unreachable = cursor.unreachable_since is not None

    def close(self) -> None:
        """Let go: the next start need not be careful."""
        self.subscription.close()
        with every_branch(), self.runtime.database.transaction() as session:
            session.execute(
                update(_cursor)
                .where(_cursor.c.source == self.source, _cursor.c.running == self.me)
                .values(running=None)
            )

    def start(self) -> None:
        """Run in a thread of its own until ``stop`` is set."""
        self._thread = threading.Thread(
            target=self._loop, name=f"{self.runtime.service.name}-hears-{self.source}", daemon=True
        )
        self._thread.start()

    def join(self, timeout: float = 5.0) -> None:
        """Wait for the thread after ``stop`` was set."""
        self.subscription.wake()
        if self._thread is not None:
            self._thread.join(timeout)

    def _loop(self) -> None:
        with self.runtime.app.app_context():
            opened = False
            while not self.stop.is_set():
                try:
                    if not opened:
                        self.open()
                        opened = True
                    self.turn(SILENCE_SECONDS / 2)
                except Exception as error:
                    self._fall_back(error)
            if opened:
                try:
                    self.close()
                except Exception as error:
                    log.warning("consumer.close_failed", source=self.source, error=type(error).__name__)

    def _fall_back(self, error: Exception) -> None:
        level = log.warning if is_transient(error) or isinstance(error, SourceUnreachable) else log.error
        level(
            "consumer.waits",
            service=self.runtime.service.name,
            source=self.source,
            error=type(error).__name__,
            reason=str(error)[:120],
        )
        self._pull_at = 0.0
        self.stop.wait(self._backoff)
        self._backoff = min(self._backoff * 2, BUS_AWAY_SECONDS)

    # -- one step

    def turn(self, timeout: float = 0.0) -> int:
        """Take what the bus has; pull when it is silent, away or has a hole. Returns the events applied or parked."""
        due = self._pull_at - clock.monotonic()
        deliveries = self._drain(max(0.0, min(timeout, due)))
        events = list(self._readable(deliveries))
        done, hole = 0, len(events) < len(deliveries)
        try:
            if due <= 0 or self.careful:
                done = self._pull_quietly()
            elif events:
                done, hole = self._apply(events, hole)
                if hole:
                    done += self.pull()
                self._pull_at = clock.monotonic() + SILENCE_SECONDS
            self._ask_whether_it_answers()
        finally:
            self._ack(deliveries)
        self._backoff = 0.2
        if done:
            self.runtime.pages.ring()
        return done

    def _apply(self, events: list[Event], hole: bool) -> tuple[int, bool]:
        if self._lacks_content(events):
            return 0, True
        try:
            applied = self.applier.apply(events)
        except EpochChanged:
            return 0, True
        return applied.count, hole or applied.hole

    def pull(self) -> int:
        """Read the source's feed from the cursor to its head; returns the events applied or parked."""
        total = 0
        while not self.stop.is_set():
            try:
                position, epoch = self._standing()
                page = self._page(position)
                if not page.events and page.epochs and base_for(page.epochs, epoch, position, page.head) != position:
                    # A restored log that has grown to just where we stand: no event would tell us until the next one.
                    raise EpochChanged
                applied = self.applier.apply_carefully(page.events) if self.careful else self.applier.apply(page.events)
            except (EpochChanged, AheadOfSource):
                reconcile(self.runtime, self.applier, self.feed)
                continue
            self.careful = False
            total += applied.count
            fp("pull.mid_page")
            if len(page.events) < PAGE and not applied.hole:
                break
        self._after_pull()
        if total:
            self.runtime.pages.ring()
        return total

    def position(self) -> int:
        """How far this source has been applied."""
        return self._standing()[0]

    def _standing(self) -> tuple[int, str | None]:
        with every_branch(), self.runtime.database.reader() as session:
            found = session.execute(
                select(_cursor.c.position, _cursor.c.epoch).where(_cursor.c.source == self.source)
            ).first()
            return (found[0], found[1]) if found else (0, None)

    # -- parked

    def retry(self, subject: str) -> int:
        """Try what is parked about one subject again, in order."""
        return self.applier.retry(subject, self.complete)

    def complete(self, event: Event) -> Event:
        """A personal event with its content, pulled from the source; other events as they are."""
        if not self._lacks_content([event]):
            return event
        page = self.feed.page(event.position - 1, 1)
        return page.events[0] if page.events and page.events[0].id == event.id else event

    def _after_pull(self) -> None:
        """Facts of a branch that came before the branch itself need no person to release them."""
        with every_branch(), self.runtime.database.reader() as session:
            rows = session.execute(
                select(Parked.subject, Parked.branch_id)
                .where(Parked.source == self.source, Parked.reason == parking.UNKNOWN_BRANCH)
                .distinct()
            ).all()
            ready = [subject for subject, branch in rows if known_branch(session, branch)]
        for subject in ready:
            self.retry(subject)

    # -- bus and feed

    def _drain(self, timeout: float) -> list[Delivery]:
        try:
            deliveries = self.subscription.drain(timeout)
            self.bus_up = True
            return deliveries
        except BusDown as error:
            if self.bus_up:
                log.warning(
                    "consumer.bus_down", service=self.runtime.service.name, source=self.source, reason=str(error)
                )
            self.bus_up = False
            self.stop.wait(timeout)
            return []

    def _ack(self, deliveries: list[Delivery]) -> None:
        try:
            self.subscription.ack(deliveries)
        except BusDown:
            self.bus_up = False

    def _pull_quietly(self) -> int:
        done = self.pull()
        self._pull_at = clock.monotonic() + (SILENCE_SECONDS if self.bus_up else BUS_AWAY_SECONDS)
        if done and self.bus_up:
            # The bus should have told us: perhaps the binding is gone, which makes no noise.
            self.subscription.redeclare()
        return done

    def _page(self, after: int, limit: int = PAGE) -> Page:
        try:
            page = self.feed.page(after, limit)
        except SourceUnreachable:
            self._note_reach(unreachable=True)
            raise
        except AheadOfSource:
            self._note_reach(unreachable=False)
            raise
        finally:
            self._asked_at = clock.monotonic()
        self._note_reach(unreachable=False)
        self.head = page.head
        return page

    def _ask_whether_it_answers(self) -> None:
        """Under steady traffic nothing is ever pulled; whether the source answers must be known all the same."""
        # A source that hangs takes seconds to say nothing: it is asked less often, the bus goes on meanwhile.
        pause = ASKED_SECONDS * (4 if self._unreachable else 1)
        if clock.monotonic() - self._asked_at >= pause:
            with contextlib.suppress(SourceUnreachable, AheadOfSource):
                self._page(self.position(), 1)

    def _note_reach(self, *, unreachable: bool) -> None:
        """Write down that the feed has stopped or begun to answer: one write a change, none a page."""
        if self._unreachable is not unreachable:
            with every_branch(), self.runtime.database.transaction() as session:
                session.execute(
                    update(_cursor)
                    .where(_cursor.c.source == self.source)
                    .values(unreachable_since=clock.now() if unreachable else None)
                )
            self._unreachable = unreachable

    def _readable(self, deliveries: Iterable[Delivery]) -> Iterable[Event]:
        for delivery in deliveries:
            try:
                event = decode(delivery.body)
            except NotAnEvent as error:
                self.undecodable += 1
                log.warning("consumer.undecodable", source=self.source, what=str(error))
                continue
            if event.source != self.source:
                self._refuse_foreign(event)
                continue
            yield event

    def _refuse_foreign(self, event: Event) -> None:
        """A message in our queue whose source is not the queue's: written down and parked apart, touching no real
        subject.
        """
        self.foreign += 1
        log.error("security.foreign_source", queue=self.subscription.queue_name, claims=event.source, type=event.type)
        with every_branch(), self.runtime.database.transaction() as session:
            there = session.scalar(
                select(Parked.id).where(
                    Parked.source == "foreign", Parked.epoch == event.epoch, Parked.position == event.position
                )
            )
            if there is None:
                event.source = "foreign"
                parking.park(session, event, "foreign-source")

    def _lacks_content(self, events: list[Event]) -> bool:
        applier = self.applier
        return any(
            e.personal
            and e.data is None
            and not e.redacted
            and e.type in applier.heard
            and e.type.split(".")[1] in applier.families
            for e in events
        )
