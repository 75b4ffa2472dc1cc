"""B3, the consumer: 20 000 events go from the queue into reporting's roll-ups and feed, exactly once.

Against the same client without a database (drain, decode, acknowledge), and against a commit for every message (a
thousand of them: it is a rate). After every round the tables are counted against the facts.
"""

from __future__ import annotations

from shared.events.consumer import SourceConsumer
from shared.events.envelope import decode
from tests.bench.consuming import EVENTS, Listening, listening
from tests.bench.measuring import Bar, Taken, clock, in_turn
from tests.bench.stage import Stage

ONE_BY_ONE = 1_000


def measure(stage: Stage, rounds: int) -> list[Bar]:
    """B3a and B3b."""
    with listening(stage) as here:
        ways = {
            "consumer": here.heard,
            "no database": lambda: _without_database(here),
            "commit each": lambda: _commit_each(here),
        }
        turns = in_turn("B3", ways, rounds)
    return [
        turns.bar("B3a", "consumer: 20 000 events into roll-ups and feed, exactly once (events/s)", "consumer",
                  "no database", 0.5, "of the same client without a database"),
        turns.bar("B3b", "the same (events/s)", "consumer", "commit each", 6.0, "times a commit for every message"),
    ]  # fmt: skip


def _without_database(here: Listening) -> Taken:
    here.queue.purge()
    with here.queue.subscribed() as subscription:
        subscription.drain(0)
        here.fill_queue()
        began, positions = clock(), set()
        while len(positions) < EVENTS and clock() - began < 120:
            deliveries = subscription.drain(1.0)
            positions.update(decode(delivery.body).position for delivery in deliveries)
            subscription.ack(deliveries)
        seconds = clock() - began
    return Taken(EVENTS / seconds, EVENTS - len(positions))


def _commit_each(here: Listening) -> Taken:
    with here.consumer() as consumer:
        began = clock()
        done = _first(consumer, ONE_BY_ONE)
        seconds = clock() - began
        errors = abs(consumer.position() - here.base - done) + (done < ONE_BY_ONE)
    return Taken(done / seconds, errors)


def _first(consumer: SourceConsumer, wanted: int) -> int:
    """Each message in a transaction of its own, acknowledged before the next."""
    done = 0
    deadline = clock() + 120
    while done < wanted and clock() < deadline:
        for delivery in consumer.subscription.drain(1.0):
            done += consumer.applier.apply([decode(delivery.body)]).count
            consumer.subscription.ack([delivery])
            if done == wanted:
                break
    return done
