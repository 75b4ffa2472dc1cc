"""The doctor: on one screen what is wrong and what to do, for everything an installation stands on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from shared import clock, jobs
from shared.db import transaction
from shared.operations import doctor, installation
from shared.operations.backup import back_up
from tests.faults.facts import call, log_calls
from tests.kit.databases import REPOSITORY
from tests.kit.house import House, stack_of
from tests.operations.shop import Shop, open_shop

pytestmark = [pytest.mark.timeout(180)]


def found(house: House, service: str) -> dict[str, doctor.Finding]:
    with house.at(service):
        return {finding.what: finding for finding in doctor.examine(house.runtime(service))}


def test_a_healthy_service_is_found_healthy(house: House) -> None:
    house.open()
    house.relay()
    house.settle()
    with house.at("reporting"):
        wrong = [finding for finding in doctor.examine(house.runtime("reporting")) if not finding.well]
    assert wrong == []


def test_a_log_that_nobody_numbers_and_a_reader_that_is_behind_are_found(house: House) -> None:
    house.settle()
    log_calls(house, [call("bulk", n) for n in range(1, 1200)])
    house.relay("reception")
    behind = found(house, "reporting")["lag behind reception"]
    assert (behind.well, behind.detail.startswith("12")) == (False, True), behind
    house.let_go()
    relay = found(house, "reception")["relay"]
    assert not relay.well
    assert "reception worker" in relay.advice


@stack_of("embedded")
def test_each_thing_that_is_wrong_comes_with_what_to_do(house: House) -> None:
    house.settle()
    with house.writing("followup"):
        with transaction() as session:
            jobs.plan(session, "call_backs.due", "test/1", clock.now() - timedelta(minutes=5))
    files = house.runtime("followup").environment.data_dir / "files"
    files.parent.mkdir(parents=True, exist_ok=True)
    files.write_text("a file where a folder should be")
    wrong = {what: finding for what, finding in found(house, "followup").items() if not finding.well}
    assert {"jobs", "files"} <= set(wrong)
    assert all(finding.advice for finding in wrong.values())

    with house.writing("followup") as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    late = found(house, "followup")
    assert late["migrations"].advice == "yingbin followup migrate"
    assert "log" not in late, "what follows from it is not said again"


@stack_of("embedded")
def test_the_installation_misses_its_backup_its_space_and_its_certificate(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = house.runtime("reception").environment

    def around() -> dict[str, doctor.Finding]:
        return {finding.what: finding for finding in installation.look_around(here)}

    assert not around()["backup"].well
    back_up({"reception": here}, tmp_path / "backup")
    assert around()["backup"].well
    with monkeypatch.context() as later:
        tomorrow = clock.now() + timedelta(hours=27)
        later.setattr(installation.clock, "now", lambda: tomorrow)
        assert not around()["backup"].well
    from deploy.local.lan import ensure

    ensure(here.data_dir / "tls", ["127.0.0.1"], clock.now() - timedelta(days=390))
    assert not around()["certificate"].well
    assert around()["disk"].well
    monkeypatch.setattr(installation, "LEAST_FREE_BYTES", 1 << 60)
    assert "check in" in around()["disk"].advice


@pytest.fixture
def shop(stack: str, variables: dict[str, str], tmp_path: Path) -> Shop:
    return open_shop(stack, variables, tmp_path)


@stack_of("embedded")
def test_the_command_says_it_on_one_screen_and_by_its_exit_code(shop: Shop) -> None:
    def yingbin(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        told = {"PATH": os.environ["PATH"], **shop.variables, **more}
        return subprocess.run(
            [sys.executable, "-m", "deploy.cli", *arguments], env=told,
            capture_output=True, text=True, check=False, timeout=120, cwd=REPOSITORY,
        )  # fmt: skip

    with shop.running("local") as process:
        shop.up(process)
        assert yingbin("backup", str(shop.folder / "backup")).returncode == 0
        well = yingbin("doctor")
        assert well.returncode == 0, well.stdout + well.stderr
        assert len(well.stdout.splitlines()) == 5
    stopped = yingbin("doctor", "--json")
    assert stopped.returncode == 1
    wrong = {(each["of"], each["what"]) for each in json.loads(stopped.stdout) if not each["well"]}
    assert ("reception", "relay") in wrong
    assert ("reporting", "feed of reception") in wrong
    screen = yingbin("doctor", YINGBIN_TREADS="1").stdout
    assert "YINGBIN_TREADS (YINGBIN_THREADS?)" in screen
    assert len(screen.splitlines()) < 40
