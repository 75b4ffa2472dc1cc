"""Fixtures: servers, fresh databases and vhosts, the data that lies beside the repository, one seed for chance."""

from __future__ import annotations

import os
import random
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.servers import PostgresServer, RabbitServer
from tests.kit import databases
from tests.kit.databases import REPOSITORY, RealUrls
from tests.kit.sharing import Run

RUN = pytest.StashKey[Run]()
ALONE = ("own_broker", "own_postgres")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("yingbin")
    group.addoption("--chaos", action="store_true", help="fault tests with all their rounds")
    group.addoption("--seed", type=int, default=0, help="decides load and faults; 0 draws one and prints it")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        if not config.getoption("--seed"):
            config.option.seed = random.SystemRandom().randrange(1, 1_000_000)
        name = uuid.uuid4().hex
        if hasattr(config.option, "testrunuid"):
            config.option.testrunuid = name   # xdist hands it to its workers
        config.stash[RUN] = Run(name, durable=False)
    else:
        config.stash[RUN] = Run(config.workerinput["testrunuid"], durable=False)


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput") and not session.config.option.collectonly:
        session.config.stash[RUN].own()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN in config.stash:
        config.stash[RUN].end()


def pytest_itemcollected(item: pytest.Item) -> None:
    """What breaks a server runs in one worker, one after the other, and on a server nobody else uses.

    Here and not when all are collected: xdist reads the groups before any other plugin is asked.
    """
    wanted = set(getattr(item, "fixturenames", ()))
    for alone in ALONE:
        if alone in wanted:
            marks = item.iter_markers("xdist_group")
            groups = {mark.args[0] if mark.args else mark.kwargs.get("name") for mark in marks}
            if groups - {alone}:
                raise pytest.UsageError(f"{item.nodeid} breaks servers: its xdist_group must be {alone}")
            if not groups:
                item.add_marker(pytest.mark.xdist_group(alone))
            break
    if wanted & {"real_urls", "own_urls", "postgres", "broker", *ALONE}:
        item.add_marker(pytest.mark.real)


def pytest_report_header(config: pytest.Config) -> str:
    return f"seed {config.option.seed}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> object:
    report = yield
    if report.failed and "seed" in getattr(item, "fixturenames", ()):
        report.sections.append(("seed", f"repeat with --seed {item.config.option.seed}"))
    return report


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Run:
    """The servers of this run; ask for the fixtures below instead where they are enough."""
    return request.config.stash[RUN]


@pytest.fixture(scope="session")
def run_directory(servers: Run) -> Path:
    """A folder of this run, shared by its workers, outside the repository and gone with it."""
    return servers.directory


@pytest.fixture(scope="session")
def postgres(servers: Run) -> PostgresServer:
    """A PostgreSQL shared by all workers: make databases of your own, never stop it."""
    return servers.postgres()


@pytest.fixture(scope="session")
def broker(servers: Run) -> RabbitServer:
    """A RabbitMQ shared by all workers: use a vhost of your own, never stop it."""
    return servers.broker()


@pytest.fixture
def own_broker(servers: Run) -> Iterator[RabbitServer]:
    """A RabbitMQ that this test may kill, freeze and wipe; it is up again afterwards."""
    server = servers.own_broker()
    yield server
    server.thaw()


@pytest.fixture
def own_postgres(servers: Run) -> Iterator[PostgresServer]:
    """A PostgreSQL that this test may kill and freeze."""
    server = servers.own_postgres()
    yield server
    server.thaw()


@pytest.fixture
def real_urls(postgres: PostgresServer, broker: RabbitServer) -> Iterator[RealUrls]:
    """Four fresh migrated databases with their roles, and an empty vhost."""
    urls = databases.fresh(postgres, broker)
    yield urls
    databases.give_back(postgres, urls)


@pytest.fixture
def own_urls(postgres: PostgresServer, own_broker: RabbitServer) -> Iterator[RealUrls]:
    """As ``real_urls``, with the vhost on the RabbitMQ that the test may break."""
    urls = databases.fresh(postgres, own_broker)
    yield urls
    own_broker.thaw()
    own_broker.start()
    databases.give_back(postgres, urls)


@pytest.fixture
def sqlite_variables(tmp_path: Path, run_directory: Path) -> dict[str, str]:
    """Four fresh migrated SQLite files as environment variables."""
    templates = run_directory / "templates"
    templates.mkdir(exist_ok=True)
    return databases.sqlite_files(templates, tmp_path / "data")


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """One integer decides load and faults; printed at the start and with a failure."""
    return request.config.option.seed


@pytest.fixture(scope="session")
def chaos(request: pytest.FixtureRequest) -> bool:
    """True under `make chaos`: all rounds. False: as few as show it."""
    return request.config.option.chaos


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository (SHARED_DATA); without it the test is skipped, loudly."""
    folder = Path(os.environ.get("SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        warnings.warn(f"SHARED_DATA is missing: {folder}; tests on real data did not run", stacklevel=1)
        pytest.skip(f"SHARED_DATA is missing: {folder}")
    return folder
