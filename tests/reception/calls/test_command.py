"""`yingbin import calls`: the same import from the command line, beside a server or without one (R3.1)."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.db import database_now, reader
from shared.importing.run import CHUNK
from tests.kit.databases import REPOSITORY
from tests.reception.calls.telephone import HEADINGS, line, listing, logged
from tests.reception.door import BEIJING

pytestmark = pytest.mark.duty("R3.1")


def yingbin(variables: dict[str, str], tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, on the databases of the house."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("YINGBIN_")}
    settings = {"DATA_DIR": str(tmp_path / "data"), "YINGBIN_MODE": "real", "LANG": "C.UTF-8", **variables}
    return subprocess.run(
        [sys.executable, "-c", "from deploy.cli import main; main()", "import", "calls", *arguments],
        env=inherited | settings, capture_output=True, text=True, check=False, timeout=120, cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_a_list_from_the_command_line(house: Any, variables: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(listing(230), encoding="utf-8-sig")
    done = yingbin(variables, tmp_path, str(file), "--branch", BEIJING, "--dry-run")
    assert (done.returncode, "230 would be added" in done.stdout) == (0, True), done.stdout + done.stderr
    assert logged(house) == []
    done = yingbin(variables, tmp_path, str(file), "--branch", BEIJING, "--zone", "Asia/Shanghai")
    assert (done.returncode, "230 added, 0 there already" in done.stdout) == (0, True), done.stdout + done.stderr
    house.settle()
    assert len(logged(house)) == 230
    done = yingbin(variables, tmp_path, str(file), "--branch", BEIJING)
    assert (done.returncode, "0 added, 230 there already" in done.stdout) == (0, True), done.stdout + done.stderr


def test_a_command_that_is_killed_is_ended_by_a_worker(house: Any, variables: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(listing(CHUNK * 2 + 7), encoding="utf-8")
    killed = {**variables, "CHAOS_FP": "importing.after_chunk:1:kill"}
    assert yingbin(killed, tmp_path, str(file), "--branch", BEIJING).returncode == -9
    assert len(logged(house)) == CHUNK
    house.settle()
    assert len(logged(house)) == CHUNK  # its lease holds for a minute
    with house.at("reception"), reader() as session:
        later = database_now(session) + timedelta(seconds=61)
    with house.app("reception").app_context():
        assert house.workers["reception"].jobs.run_due(now=later) == 1
    house.settle()
    assert [call.external_id for call in logged(house)] == [f"ID{n:05}" for n in range(1, CHUNK * 2 + 8)]


def test_what_is_wrong_is_said_row_by_row(house: Any, variables: dict[str, str], tmp_path: Path) -> None:
    file, faults = tmp_path / "calls.csv", tmp_path / "faults.csv"
    file.write_text("\n".join([HEADINGS, line(1, rating="9"), line(2)]), encoding="utf-8")
    arguments = (str(file), "--branch", BEIJING, "--errors", str(faults))
    done = yingbin(variables, tmp_path, *arguments)
    assert done.returncode == 1
    assert "Satisfaction rating" in done.stdout
    assert "Must be from 1 to 5" in done.stdout
    assert "cell.range" in faults.read_text("utf-8-sig")
    assert logged(house) == []
    done = yingbin(variables, tmp_path, *arguments, "--on-error", "skip")
    assert (done.returncode, "1 added" in done.stdout, "1 wrong" in done.stdout) == (0, True, True), done.stdout
    for wrong, said in (
        (("--branch", "nowhere"), "does not exist"),
        (("--branch", BEIJING, "--mapping", "["), "--mapping"),
        (("--branch", BEIJING, "--mapping", '{"Agent": "wage"}'), "no such field"),
    ):
        done = yingbin(variables, tmp_path, str(file), *wrong)
        assert done.returncode != 0
        assert said in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
