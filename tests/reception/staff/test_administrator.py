"""The first administrator is made by a command; there is no password that anybody knows beforehand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.assembling import SERVICES
from tests.kit import databases
from tests.kit.house import build

TOKENS = "/reception/api/v1/tokens"


@pytest.fixture
def installation(run_directory: Path, tmp_path: Path) -> dict[str, str]:
    """Migrated, empty databases, as the variables that commands read."""
    templates = run_directory / "templates"
    templates.mkdir(exist_ok=True)
    files = databases.sqlite_files(templates, tmp_path / "db")
    return {**files, "YINGBIN_BUS_URL": "memory://", "DATA_DIR": str(tmp_path / "data"), "YINGBIN_MODE": "real"}


def create(installation: dict[str, str], password: str, *more: str, user: str = "chief") -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", "reception", "administrator", "create", "--user", user, "--label", "总管",
         *more],
        input=password, env={**os.environ, **installation}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_a_weak_password_is_refused_then_one_is_made_and_a_second_only_on_purpose(
    installation: dict[str, str], tmp_path: Path
) -> None:
    weak = create(installation, "password1\n")
    assert (weak.returncode, "easy to guess" in weak.stderr or "容易被猜到" in weak.stderr) == (1, True), weak.stderr
    made = create(installation, "plum rain at noon\n")
    assert made.returncode == 0, made.stderr
    assert "plum rain" not in made.stdout + made.stderr
    second = create(installation, "autumn by the lake\n", user="second")
    assert (second.returncode, "--another" in second.stderr) == (1, True)
    assert create(installation, "autumn by the lake\n", "--another", user="second").returncode == 0
    house = build("embedded", installation, tmp_path / "data")
    try:
        body = {"user": "chief", "password": "plum rain at noon"}
        told = house.client("reception").post(TOKENS, json=body)
        assert (told.json["branch"], told.json["roles"]) == ("group", ["system_admin"])
    finally:
        house.close()


def test_outside_demo_mode_nobody_can_sign_in_before_that(installation: dict[str, str], tmp_path: Path) -> None:
    house = build("embedded", installation, tmp_path / "data")
    try:
        assert set(house.suite.apps) == set(SERVICES)
        for user in ("admin", "root", "receptionist.east", "hq_admin"):
            body = {"user": user, "password": user}
            assert house.client("reception").post(TOKENS, json=body).status_code in (401, 429)
    finally:
        house.close()
