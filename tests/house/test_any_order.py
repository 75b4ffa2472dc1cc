"""Facts may come late, twice, in any order, or not at all over the bus: the tables are the same; and a rebuild gives
the same.
"""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from shared.events.pull import Page
from shared.events.rebuild import rebuild
from tests.kit.house import SERVICES, House
from tests.kit.morning import play

# What a projection may stamp itself, and what no order can fix.
UNSTABLE = {"feed_entry", "feed_counter"}


@pytest.fixture
def morning(house: House) -> House:
    play(house)
    return house


def tables(house: House, service: str) -> dict[str, list[tuple]]:
    """Everything that follows from facts alone."""
    found = {}
    with house.reading(service) as session:
        for projection in house.runtime(service).handlers.projections.values():
            for table in projection.tables:
                rows = session.execute(text(f"SELECT * FROM {table}")).all()
                found[table] = sorted((tuple(row) for row in rows), key=repr)
    return found


def forget(house: House, service: str) -> None:
    """As if the service had just been installed; what reactions have done stays done."""
    with house.writing(service) as session:
        for projection in house.runtime(service).handlers.projections.values():
            for table in reversed(projection.tables):
                session.execute(text(f"DELETE FROM {table}"))
        session.execute(text("DELETE FROM parked"))
        if service == "reporting":
            session.execute(text("DELETE FROM feed_entry"))
        session.execute(text("UPDATE cursor SET position = 0, last_id = NULL, epoch = NULL, parked = 0"))
    house.renew_consumers(service)


def catch_up(house: House, service: str) -> None:
    with house.at(service):
        for _ in range(2):
            for consumer in house.workers[service].consumers:
                consumer.pull()


def logs(house: House, service: str) -> dict[str, Page]:
    with house.at(service):
        return {source: client.page(0, 1000) for source, client in house.runtime(service).peers.items()}


def test_any_order_of_the_sources_gives_the_same_tables(morning: House) -> None:
    for service in SERVICES:
        expected = tables(morning, service)
        hears = morning.runtime(service).service.hears
        for order in itertools.permutations(hears):
            forget(morning, service)
            with morning.at(service):
                for source in order:
                    morning.consumer(service, source).pull()
            catch_up(morning, service)
            assert tables(morning, service) == expected, order


def test_any_shuffle_doubling_and_loss_of_messages_gives_the_same_tables(morning: House, request: Any) -> None:
    expected = {service: tables(morning, service) for service in SERVICES}
    told = {service: logs(morning, service) for service in SERVICES}

    @settings(
        max_examples=60 if request.config.getoption("--chaos") else 12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(chance=st.randoms(use_true_random=False), loss=st.floats(0, 0.6), doubling=st.integers(1, 3))
    def check(chance: random.Random, loss: float, doubling: int) -> None:
        service = chance.choice([name for name in SERVICES if told[name]])
        forget(morning, service)
        messages = [
            event
            for page in told[service].values()
            for event in page.events
            for _ in range(doubling)
            if chance.random() >= loss
        ]
        chance.shuffle(messages)
        with morning.at(service):
            while messages:
                size = chance.randrange(1, 40)
                handful, messages = messages[:size], messages[size:]
                for source, consumer in ((c.source, c) for c in morning.workers[service].consumers):
                    mine = [event for event in handful if event.source == source]
                    consumer._apply(mine, hole=False)
                    if chance.random() < 0.1:
                        consumer.pull()
        catch_up(morning, service)
        assert tables(morning, service) == expected[service]

    check()


def test_a_rebuilt_projection_equals_the_live_one(morning: House) -> None:
    for service in SERVICES:
        names = tuple(morning.runtime(service).handlers.projections)
        for together in (*((name,) for name in names), names):
            expected = tables(morning, service)
            with morning.at(service):
                rebuild(morning.runtime(service), *together)
            assert tables(morning, service) == expected, together
