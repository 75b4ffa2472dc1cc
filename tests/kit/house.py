"""The four services together, on either stack, driven step by step by the test that holds them.

``house`` runs a test twice: embedded (SQLite, in-process bus) and real (PostgreSQL, RabbitMQ). Nothing happens behind
the back of the test: with ``settle()`` relays and consumers do all there is to do, so no test sleeps or guesses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from deploy.local.assembling import SERVICES, Suite, assemble
from deploy.local.first_start import issue_service_keys
from shared.access import SYSTEM, Actor, acting_as, keys
from shared.db import branch_scope, every_branch, reader, transaction
from shared.events import bus
from shared.events.consumer import SourceConsumer
from shared.events.metrics import flow
from shared.events.worker import Worker
from shared.settings.environment import Environment
from tests.kit import databases

BRANCHES = ("bj-chaoyang", "sh-pudong")


class House:
    """What a test drives."""

    def __init__(self, suite: Suite, stack: str) -> None:
        self.suite = suite
        self.stack = stack
        self.workers: dict[str, Worker] = {name: Worker(self.runtime(name)) for name in suite.apps}
        self._opened = False

    # -- parts

    def app(self, service: str) -> Flask:
        return self.suite.apps[service]

    def runtime(self, service: str) -> Any:
        return self.suite.runtime(service)

    def client(self, service: str) -> FlaskClient:
        return self.app(service).test_client()

    @contextmanager
    def at(self, service: str, branch: str | None = None, actor: Actor = SYSTEM) -> Iterator[None]:
        """Inside one service, for one branch or for every branch, as ``actor``."""
        with self.app(service).app_context(), branch_scope(branch) if branch else every_branch(), acting_as(actor):
            yield

    @contextmanager
    def reading(self, service: str, branch: str | None = None) -> Iterator[Session]:
        with self.at(service, branch), reader() as session:
            yield session

    @contextmanager
    def writing(self, service: str, branch: str | None = None) -> Iterator[Session]:
        with self.at(service, branch), transaction() as session:
            yield session

    # -- keys

    def key(self, service: str, kind: str, scopes: list[str], branch: str | None = None) -> dict[str, str]:
        """Headers with a new key of a machine."""
        with self.writing(service) as session:
            plain = keys.create(session, kind, scopes, branch=branch, label="test")
        return {"Authorization": f"Bearer {plain}"}

    def kiosk_key(self, branch: str) -> str:
        """The plain key of a new kiosk."""
        return self.key("reception", "kiosk", ["check_ins"], branch)["Authorization"].removeprefix("Bearer ")

    # -- facts on their way

    def open(self) -> None:
        """Take relays' locks and cursors in hand (``settle`` does it when needed)."""
        if not self._opened:
            self._opened = True
            for name, worker in self.workers.items():
                with self.app(name).app_context():
                    for consumer in worker.consumers:
                        consumer.open()
                        # Queues exist before the first fact: without one, a message has nowhere to go.
                        consumer.subscription.connect()

    def relay(self, *services: str) -> int:
        """Number and publish what is committed."""
        self.open()
        done = 0
        for name in services or SERVICES:
            with self.app(name).app_context():
                done += self.workers[name].relay.step()
        return done

    def consume(self, *services: str) -> int:
        """Let consumers take what the bus has or the feeds hold."""
        self.open()
        done = 0
        for name in services or SERVICES:
            with self.app(name).app_context():
                for consumer in self.workers[name].consumers:
                    done += consumer.turn() + consumer.pull()
        return done

    def work(self, *services: str) -> int:
        """Run the jobs that are due."""
        done = 0
        for name in services or SERVICES:
            with self.app(name).app_context():
                done += self.workers[name].jobs.run_due()
        return done

    def settle(self, rounds: int = 50) -> None:
        """Until nothing is left to number, to hear or to do."""
        for _ in range(rounds):
            if not (self.relay() + self.consume() + self.work()) and self.quiet():
                return
        raise AssertionError("the facts never came to rest")

    def quiet(self) -> bool:
        """Whether every consumer stands at its source's head."""
        heads = {name: self.flow(name) for name in SERVICES}
        return all(
            heads[name]["sources"].get(source, {}).get("position", 0) == heads[source]["head"]
            for name in SERVICES
            for source in self.runtime(name).service.hears
        )

    def flow(self, service: str) -> dict[str, Any]:
        with self.app(service).app_context():
            return flow(self.runtime(service))

    def consumer(self, service: str, source: str) -> SourceConsumer:
        """The consumer of one source."""
        return next(c for c in self.workers[service].consumers if c.source == source)

    def renew_consumers(self, service: str) -> None:
        """After a handler was added: consumers know what is heard from their beginning on."""
        self.open()
        with self.app(service).app_context():
            for consumer in self.workers[service].consumers:
                consumer.close()
        self.workers[service].consumers = Worker(self.runtime(service)).consumers
        with self.app(service).app_context():
            for consumer in self.workers[service].consumers:
                consumer.open()

    # -- life

    def let_go(self) -> None:
        """Give locks, queues and cursors back: to threads that are to run by themselves, or at the end."""
        for name, worker in self.workers.items():
            with self.app(name).app_context():
                worker.relay.publisher.drop()
                if worker.relay.active:
                    worker.relay.active = False
                    worker.relay.lock.release()
                for consumer in worker.consumers:
                    consumer.close()
        self._opened = False

    def close(self) -> None:
        self.let_go()
        self.suite.close()


def build(stack: str, variables: dict[str, str], data_dir: Path) -> House:
    """A house on given databases and bus."""
    bus.forget_memory()
    settings = {"DATA_DIR": str(data_dir), "YINGBIN_MODE": "real", **variables}
    suite = assemble({name: Environment.read(name, settings) for name in SERVICES})
    issue_service_keys(suite)
    return House(suite, stack)


@pytest.fixture(params=["embedded", pytest.param("real", marks=pytest.mark.real)])
def stack(request: pytest.FixtureRequest) -> str:
    """Both ways to run: the same test on SQLite with the in-process bus, and on PostgreSQL with RabbitMQ."""
    return request.param


def stack_of(stack: str) -> pytest.MarkDecorator:
    """A test of something that only one stack has (two writers at once, say)."""
    marks = [pytest.mark.real] if stack == "real" else []
    return pytest.mark.parametrize("stack", [pytest.param(stack, marks=marks)], indirect=True)


@pytest.fixture
def variables(stack: str, request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Migrated, empty databases and a bus, as the variables that services read."""
    if stack == "real":
        return request.getfixturevalue("real_urls").variables()
    templates = request.getfixturevalue("run_directory") / "templates"
    templates.mkdir(exist_ok=True)
    return {**databases.sqlite_files(templates, tmp_path / "db"), "YINGBIN_BUS_URL": "memory://"}


@pytest.fixture
def house(stack: str, variables: dict[str, str], tmp_path: Path) -> Iterator[House]:
    """The four services with two branches open and their facts settled."""
    built = build(stack, variables, tmp_path / "data")
    try:
        open_branches(built)
        built.settle()
        yield built
    finally:
        built.close()


def open_branches(house: House) -> None:
    from services.reception.branches import actions as branches

    with house.at("reception"):
        for letter, code in zip("AB", BRANCHES, strict=True):
            branches.open_branch(code=code, name=code, letter=letter, zone="Asia/Shanghai")
