"""F01 F02 F03 F07 F08: whatever happens to the broker, nothing is lost, nothing doubled, order kept, and the desk
notices nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.servers import RabbitServer
from tests.faults.checkers import check_all
from tests.faults.running import Running
from tests.kit.databases import RealUrls
from tests.kit.house import build, open_branches
from tests.kit.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("own_broker")]


@pytest.fixture
def running(own_urls: RealUrls, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Running]:
    house = build("real", own_urls.variables(), tmp_path / "data")
    try:
        open_branches(house)
        with Running(house, tmp_path, request.config.getoption("--seed")) as found:
            found.heal()
            yield found
    finally:
        house.close()


def _std(running: Running, seconds: float) -> None:
    running.heal(seconds)
    running.published(seconds)
    check_all(running.house, running.ledger)
    assert not running.ledger.of("info"), "a request failed while only the broker was away"


def test_f01_a_killed_broker_comes_back_and_nobody_noticed(running: Running, own_broker: RabbitServer) -> None:
    with running.load():
        until(lambda: len(running.ledger.of("ok")) > 20, 20)
        own_broker.kill()
        before = len(running.ledger.of("ok"))
        until(lambda: len(running.ledger.of("ok")) > before + 40, 20, "check-ins go on without the broker")
        own_broker.start()
        own_broker.wait_ready()
    _std(running, 30)


def test_f02_with_the_broker_stopped_facts_still_arrive_within_five_seconds(
    running: Running, own_broker: RabbitServer
) -> None:
    own_broker.stop()
    with running.load(each=20) as load:
        load.join()
    assert len(running.ledger.of("ok")) == 80
    assert running.heal(5.0) <= 5.0
    assert running.house.flow("reception")["unpublished"] > 0, "the broker was not away: this run proves nothing"
    own_broker.start()
    own_broker.wait_ready()
    _std(running, 60)


def test_f03_a_frozen_broker_holds_nothing_up(running: Running, own_broker: RabbitServer) -> None:
    own_broker.freeze()
    try:
        with running.load(each=15) as load:
            load.join()
        assert running.heal(10.0) <= 10.0
    finally:
        own_broker.thaw()
    _std(running, 30)


def test_f07_a_broker_that_lost_its_disk_loses_nothing_of_ours(
    running: Running, own_broker: RabbitServer, request: pytest.FixtureRequest
) -> None:
    """One wipe in a test run, twenty in a chaos run."""
    chance = random.Random(running.seed)
    for _ in range(20 if request.config.getoption("--chaos") else 1):
        with running.load():
            before = len(running.ledger.of("ok"))
            until(lambda b=before: len(running.ledger.of("ok")) > b + chance.randrange(5, 40), 30)
            own_broker.wipe()
            own_broker.start()
            own_broker.wait_ready()
        running.heal(20)
    _std(running, 30)


def test_f08_a_deleted_queue_is_declared_again_and_its_messages_are_pulled(
    running: Running, own_broker: RabbitServer
) -> None:
    with running.load():
        until(lambda: len(running.ledger.of("ok")) > 20, 20)
        delete_queue(running, "reporting.from-reception")
        before = len(running.ledger.of("ok"))
        until(lambda: len(running.ledger.of("ok")) > before + 20, 20)
    _std(running, 15)


def delete_queue(running: Running, name: str) -> None:
    """As the queue's owner, from outside the running consumer."""
    import kombu

    url = running.house.runtime("reporting").environment.bus_url
    with kombu.Connection(url) as connection:
        connection.channel().queue_delete(name)
