"""F18 F19 F20 F30 F31: killed with -9 in the middle of things, again and again; then everything is there, once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.faults.checkers import check_all
from tests.faults.facts import call, log_calls
from tests.faults.ledger import Ledger
from tests.faults.load import Kiosk
from tests.faults.processes import Program, answers, free_port, program
from tests.faults.running import Running
from tests.kit.databases import RealUrls
from tests.kit.house import BRANCHES, House, build, open_branches
from tests.kit.waiting import until

pytestmark = pytest.mark.faults


# -- separate processes on PostgreSQL and RabbitMQ


def _worker_variables(running: Running, variables: dict[str, str], service: str, directory: Path) -> dict[str, str]:
    environment = running.house.runtime(service).environment
    keys = {f"YINGBIN_{service.upper()}_KEY_FOR_{s.upper()}": key for s, key in environment.service_keys.items()}
    feeds = {f"YINGBIN_{name.upper()}_FEED_URL": running.address for name in running.house.suite.apps}
    return {**variables, **keys, **feeds, "DATA_DIR": str(directory), "YINGBIN_MODE": "real"}


@pytest.fixture
def house_of_processes(real_urls: RealUrls, tmp_path: Path) -> Iterator[tuple[House, dict[str, str]]]:
    variables = real_urls.variables()
    house = build("real", variables, tmp_path / "data")
    try:
        open_branches(house)
        yield house, variables
    finally:
        house.close()


@pytest.mark.parametrize(
    ("service", "point"),
    [
        pytest.param("reporting", "consumer.before_commit", id="f18-in-the-middle-of-a-handler"),
        pytest.param("reporting", "consumer.after_commit", id="f19-after-commit-before-ack"),
        pytest.param("reception", "relay.after_confirm", id="f30-relay-between-confirm-and-mark"),
    ],
)
def test_a_worker_that_is_killed_again_and_again_loses_and_doubles_nothing(
    house_of_processes: tuple[House, dict[str, str]],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    service: str,
    point: str,
) -> None:
    house, variables = house_of_processes
    others = tuple(name for name in house.suite.apps if name != service)
    kills = 20 if request.config.getoption("--chaos") else 3
    log = tmp_path / "worker.log"
    with Running(house, tmp_path, request.config.getoption("--seed"), others) as running:
        env = _worker_variables(running, variables, service, tmp_path / "data")
        command = ["-m", "deploy.cli", service, "worker"]
        with running.load():
            for _ in range(kills):
                Program(command, {**env, "CHAOS_FP": f"{point}:0.3:kill"}, log).died(60)
        with program(command, env, log):
            running.heal(60)
            running.published(30)
        check_all(house, running.ledger)
        assert "138" not in log.read_text(encoding="utf-8"), "a phone stands in a log"


def test_f22_an_event_that_kills_the_process_is_parked_after_three_unclean_stops(
    house_of_processes: tuple[House, dict[str, str]], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    house, variables = house_of_processes
    with Running(house, tmp_path, request.config.getoption("--seed"), ("reception",)) as running:
        log_calls(house, [call("service", 1), call("poison", 2), call("service", 3)])
        env = _worker_variables(running, variables, "reporting", tmp_path / "data")
        for _ in range(20):
            with program(["-m", "tests.faults.poison_worker"], env, tmp_path / "worker.log") as worker:
                until(lambda w=worker: not w.running or _parked(house), 30, "neither died nor parked")
                if worker.running:
                    until(lambda: _calls(house) == 3, 20, "the others were counted")
                    break
        else:
            raise AssertionError("the crash loop did not end")
    assert _parked(house) == ["kills-the-process"]


def _parked(house: House) -> list[str]:
    with house.reading("reporting") as session:
        return list(session.execute(text("SELECT reason FROM parked")).scalars())


def _calls(house: House) -> int:
    """What headquarters' feed has of them: it keeps every fact, also one that no handler can stand."""
    with house.reading("reporting") as session:
        return session.execute(
            text("SELECT count(*) FROM feed_entry WHERE type = 'reception.call.logged.v1'")
        ).scalar_one()


# -- everything in one process, on SQLite


@pytest.mark.parametrize(
    ("point", "probability"),
    [
        pytest.param("consumer.before_commit", 0.02, id="f20-with-a-message-in-hand"),
        pytest.param("http.before_response", 0.15, id="f31-between-commit-and-answer"),
        pytest.param("relay.after_confirm", 0.05, id="f30-relay-between-confirm-and-mark"),
        pytest.param("pull.mid_page", 0.02, id="f20-in-the-middle-of-a-pull"),
    ],
)
def test_the_single_process_survives_being_killed(
    tmp_path: Path, request: pytest.FixtureRequest, point: str, probability: float
) -> None:
    from tests.kit import databases

    templates = request.getfixturevalue("run_directory") / "templates"
    templates.mkdir(exist_ok=True)
    variables = {**databases.sqlite_files(templates, tmp_path / "db"), "YINGBIN_BUS_URL": "memory://"}
    house = build("embedded", variables, tmp_path / "data")
    open_branches(house)
    keys = [house.kiosk_key(branch) for branch in BRANCHES]
    house.close()

    port, seed = free_port(), request.config.getoption("--seed")
    env = {**variables, "DATA_DIR": str(tmp_path / "data"), "PORT": str(port), "YINGBIN_MODE": "real"}
    ledger, chance = Ledger(tmp_path / "ledger.jsonl"), random.Random(seed)
    kiosks = [Kiosk(f"http://127.0.0.1:{port}", key, ledger, chance) for key in keys]
    command, log = ["-m", "deploy.cli", "local"], tmp_path / "local.log"
    with program(command, {**env, "CHAOS_FP": f"{point}:{probability}:kill"}, log):
        until(lambda: answers(port), 30, "the single process serves")
        for number in range(200 if request.config.getoption("--chaos") else 25):
            _until_answered(kiosks[number % 2], ledger, f"visitor-{seed}-{number}")
    with program(command, env, log):
        until(lambda: answers(port), 30, "it serves again")
        for number in range(5):
            _until_answered(kiosks[number % 2], ledger, f"after-{seed}-{number}")

    house = build("embedded", variables, tmp_path / "data")
    try:
        house.settle()
        check_all(house, ledger)
        assert not ledger.of("info"), "a retried request was never answered"
        if point == "http.before_response":
            assert '"info"' in (tmp_path / "ledger.jsonl").read_text(encoding="utf-8"), "nobody was killed"
    finally:
        house.close()


def _until_answered(kiosk: Kiosk, ledger: Ledger, marker: str) -> None:
    """As a real kiosk does: the same key and the same body, until somebody answers."""
    body = kiosk.visitor()
    until(lambda: kiosk.check_in(marker, body) == 201, 40, f"an answer to {marker}")
