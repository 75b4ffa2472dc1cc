"""Reporting hears twenty thousand facts of reception from the bus: the way that B3 and B10 measure, and its checks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from shared.events.consumer import SILENCE_SECONDS, SourceConsumer
from shared.events.pull import HttpFeed, Page
from shared.events.subscription import Subscription
from tests.bench import made_up_day, wire
from tests.bench.measuring import Taken, clock
from tests.bench.processes import Processes
from tests.bench.stage import Ground, Stage

EVENTS = 20_000
MEASURES = ("visits", "visits_greeted", "greet_wait", "visits_completed")


class CountedFeed(HttpFeed):
    """Says how often it was asked: what came by the feed did not come by the bus."""

    pages = 0

    def page(self, after: int, limit: int = 500) -> Page:
        self.pages += 1
        return super().page(after, limit)


class Listening:
    """Reception's log and queue full of facts, reporting at the beginning, as often as wanted."""

    def __init__(self, ground: Ground, processes: Processes) -> None:
        self.ground, self.house = ground, ground.house
        self.runtime = ground.house.runtime("reporting")
        environment = self.runtime.environment
        # As between machines: reception's web process serves the feed.
        self.feed = CountedFeed(processes.address("reception"), "reception", environment.service_keys["reception"])
        self.runtime.peers["reception"] = self.feed
        self.made = made_up_day.facts(EVENTS)
        self.wanted = made_up_day.expected(self.made)
        self.source, self.tables = ground.keep("reception"), ground.keep("reporting")
        self.base = made_up_day.head(self.source.connection)
        self.feed_before = self._feed_count()
        made_up_day.write(self.source.connection, self.made, numbered=True)
        self.content = wire.encoded(made_up_day.frames(self.house, self.base))
        self.queue = wire.Queue(ground)

    @contextmanager
    def consumer(self) -> Iterator[SourceConsumer]:
        """A consumer that stands at the end of a log, and behind it all facts, in the log and in its queue."""
        self.queue.purge()
        self.source.put_back()
        self.tables.put_back()
        subscription = Subscription(self.ground.urls.bus["reporting"], "reporting", "reception")
        with self.house.app("reporting").app_context():
            consumer = SourceConsumer(self.runtime, "reception", self.feed, subscription, threading.Event())
            consumer.open()
            consumer.turn()
            made_up_day.write(self.source.connection, self.made, numbered=True)
            self.fill_queue()
            # It has been silent while we filled, and would pull: here the bus is measured.
            consumer._pull_at = clock() + SILENCE_SECONDS
            try:
                yield consumer
            finally:
                consumer.close()

    def fill_queue(self) -> None:
        """All facts into the queue."""
        refused = wire.send_at_once(self.ground.urls.bus["reception"], self.content, len(self.made))
        if refused:
            raise RuntimeError(f"the broker refused {refused} messages")

    def heard(self) -> Taken:
        """Our consumer, from the queue, until nothing is left."""
        with self.consumer() as consumer:
            pages, began, done = self.feed.pages, clock(), 0
            while done < EVENTS and clock() - began < 120:
                done += consumer.turn(1.0)
            seconds = clock() - began
        return Taken(EVENTS / seconds, self.wrong() + self.feed.pages - pages)

    def wrong(self) -> int:
        """How far reporting is from every fact having counted exactly once, and from standing at reception's head."""
        connection = self.tables.connection
        found = {"feed": self._feed_count() - self.feed_before}
        found |= dict.fromkeys(MEASURES, 0)
        found |= dict(connection.execute("SELECT measure, sum(n)::int FROM daily_figure GROUP BY measure").fetchall())
        found["calls"] = connection.execute("SELECT coalesce(sum(calls), 0)::int FROM calls_daily").fetchone()[0]
        twice = connection.execute("SELECT count(*) - count(DISTINCT event_id) FROM feed_entry").fetchone()[0]
        cursor = connection.execute("SELECT position FROM cursor WHERE source = 'reception'").fetchone()[0]
        parked = connection.execute("SELECT count(*) FROM parked").fetchone()[0]
        off = sum(abs(found[name] - wanted) for name, wanted in self.wanted.items())
        return off + twice + parked + abs(cursor - self.base - EVENTS)

    def _feed_count(self) -> int:
        return self.tables.connection.execute("SELECT count(*) FROM feed_entry").fetchone()[0]


@contextmanager
def listening(stage: Stage) -> Iterator[Listening]:
    """Fresh databases and a web process of reception."""
    with stage.ground() as ground, Processes(ground) as processes:
        processes.start("reception", "web")
        yield Listening(ground, processes)
