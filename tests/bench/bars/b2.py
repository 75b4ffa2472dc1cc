"""B2, the relay: a backlog of 20 000 committed events is numbered, told to RabbitMQ and confirmed.

Against the same messages confirmed one by one by kombu (a thousand of them: it is a rate), and against frames encoded
beforehand, sent in one piece, all confirms awaited: what broker and socket allow when nobody reads a database, numbers,
encodes or tracks. All publish persistent and mandatory to the same exchange and queue (a quorum queue).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import kombu

from shared.events import bus
from shared.events.bus import EXCHANGE, Frame
from shared.events.envelope import CONTENT_TYPE
from shared.events.relay import Relay
from tests.bench import made_up_day, wire
from tests.bench.measuring import Bar, Taken, clock, in_turn
from tests.bench.stage import Ground, Stage

EVENTS = 20_000
ONE_BY_ONE = 1_000
_pause = threading.Event()


def measure(stage: Stage, rounds: int) -> list[Bar]:
    """B2a and B2b."""
    with stage.ground() as ground:
        made = made_up_day.facts(EVENTS)
        kept = ground.keep("reception")
        made_up_day.write(kept.connection, made, numbered=True)
        frames = made_up_day.frames(ground.house, made_up_day.head(kept.connection) - EVENTS)
        kept.put_back()
        queue = wire.Queue(ground)
        url = ground.urls.bus["reception"]
        at_once = wire.encoded(frames)

        def relay() -> Taken:
            kept.put_back()
            try:
                return _relayed(ground, kept.connection, made, queue)
            finally:
                queue.purge()

        def one_by_one() -> Taken:
            return _counted(queue, frames[:ONE_BY_ONE], lambda some: _one_by_one(url, some))

        def in_one_send() -> Taken:
            return _counted(queue, frames, lambda all_: wire.send_at_once(url, at_once, len(all_)))

        turns = in_turn("B2", {"relay": relay, "one by one": one_by_one, "in one send": in_one_send}, rounds)
    return [
        turns.bar("B2a", "relay: backlog of 20 000 events, numbered and confirmed (events/s)", "relay", "one by one",
                  6.0, "times one-by-one confirms"),
        turns.bar("B2b", "the same (events/s)", "relay", "in one send", 0.30, "of pre-encoded frames in one send"),
    ]  # fmt: skip


def _relayed(ground: Ground, connection: object, made: Sequence[made_up_day.Fact], queue: wire.Queue) -> Taken:
    """Both threads of a relay, connected and idle before the backlog is committed."""
    runtime = ground.house.runtime("reception")
    relay = Relay(runtime, bus.publisher(runtime.environment.bus_url))
    relay.start()
    try:
        made_up_day.write(connection, made_up_day.facts(1), numbered=False)
        runtime.wake.bell.ring()
        before = _wait_published(connection, 10)
        queue.purge()
        made_up_day.write(connection, made, numbered=False)
        began = clock()
        runtime.wake.bell.ring()
        after = _wait_published(connection, 120, before + len(made))
        seconds = clock() - began
    finally:
        relay.stop.set()
        relay.join()
    return Taken(len(made) / seconds, abs(after - before - len(made)) + queue.missing(len(made)))


def _wait_published(connection: object, seconds: float, wanted: int | None = None) -> int:
    deadline = clock() + seconds
    while True:
        told, head, waiting = connection.execute(
            "SELECT (SELECT position FROM log_counter WHERE name = 'published'),"
            " (SELECT position FROM log_counter WHERE name = 'head'),"
            " EXISTS (SELECT 1 FROM event_log WHERE position IS NULL)"
        ).fetchone()
        if told >= wanted if wanted is not None else told == head and not waiting:
            return told
        if clock() > deadline:
            return told
        _pause.wait(0.005)


def _counted(queue: wire.Queue, frames: Sequence[Frame], send) -> Taken:
    queue.purge()
    began = clock()
    errors = send(frames)
    seconds = clock() - began
    try:
        return Taken(len(frames) / seconds, errors + queue.missing(len(frames)))
    finally:
        queue.purge()


def _one_by_one(url: str, frames: Sequence[Frame]) -> int:
    """kombu as it is mostly used: a producer that waits for the confirm of each message."""
    with kombu.Connection(url, transport_options={"confirm_publish": True}) as connection:
        producer = connection.Producer()
        for frame in frames:
            producer.publish(
                frame.body, exchange=EXCHANGE, routing_key=frame.routing_key, content_type=CONTENT_TYPE,
                content_encoding="utf-8", delivery_mode=2, message_id=frame.id, mandatory=True,
            )  # fmt: skip
    return 0
