"""What a process is told is understood whole, or it does not start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.settings.environment import BadEnvironment, Environment
from shared.settings.variables import explain, known, variables
from tests.kit.databases import REPOSITORY

REAL = {
    "YINGBIN_MODE": "real",
    "YINGBIN_RECEPTION_DATABASE_URL": "postgresql://reception_app:b7Vx@db.example/reception",
    "YINGBIN_RECEPTION_GROUP_DATABASE_URL": "postgresql://reception_group:Qm2z@db.example/reception",
    "YINGBIN_RECEPTION_BUS_URL": "amqp://reception:w9Kd@bus.example/%2F",
}


def refusal(changes: dict[str, str | None], service: str = "reception") -> str:
    """What is said against these variables; the secret in them is never repeated."""
    given = {name: value for name, value in {**REAL, **changes}.items() if value is not None}
    with pytest.raises(BadEnvironment) as refused:
        Environment.read(service, given)
    for value in changes.values():
        assert value is None or value not in str(refused.value)
    return str(refused.value)


def test_a_complete_environment_is_read() -> None:
    read = Environment.read("reception", REAL)
    assert (read.mode, read.bus_url) == ("real", REAL["YINGBIN_RECEPTION_BUS_URL"])
    assert "b7Vx" not in repr(read)


def test_a_mistyped_name_is_refused_and_the_right_one_guessed() -> None:
    assert "YINGBIN_RECEPTION_DATABASE_URI (YINGBIN_RECEPTION_DATABASE_URL?)" in refusal(
        {"YINGBIN_RECEPTION_DATABASE_URI": "sqlite:///elsewhere.db"}
    )


@pytest.mark.parametrize("name", ["YINGBIN_RECEPTION_GROUP_DATABASE_URL", "YINGBIN_RECEPTION_BUS_URL"])
def test_what_postgresql_needs_is_not_forgotten(name: str) -> None:
    assert f"{name} is needed" in refusal({name: None})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://reception_app@db.example/reception"),
        ("DATABASE_URL", "postgresql://reception_app:@db.example/reception"),
        ("DATABASE_URL", "postgresql://reception_app:ChangeMe@db.example/reception"),
        ("GROUP_DATABASE_URL", "postgresql://reception_group:%E2%80%A6@db.example/reception"),
        ("OWNER_DATABASE_URL", "postgresql://owner:owner@db.example/reception"),
        ("BUS_URL", "amqp://guest:R3allyGood@bus.example/%2F"),
        ("BUS_URL", "amqp://bus.example/%2F"),
        ("BUS_URL", "amqp://reception:@bus.example/%2F"),
        ("BUS_URL", "amqp://reception:guest@bus.example/%2F"),
    ],
)
def test_s52_an_empty_or_well_known_secret_does_not_serve(name: str, value: str) -> None:
    assert f"YINGBIN_RECEPTION_{name}" in refusal({f"YINGBIN_RECEPTION_{name}": value})


def test_s52_the_common_broker_address_is_looked_at_too() -> None:
    assert "guest" in refusal({"YINGBIN_RECEPTION_BUS_URL": None, "YINGBIN_BUS_URL": "amqp://guest:x9@bus.example/"})


def test_s52_an_empty_secret_file_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "url"
    empty.write_text("\n")
    assert "_FILE is empty" in refusal(
        {"YINGBIN_RECEPTION_DATABASE_URL": None, "YINGBIN_RECEPTION_DATABASE_URL_FILE": str(empty)}
    )


def test_a_socket_where_the_system_says_who_asks_needs_no_password() -> None:
    by_socket = "postgresql:///reception?host=/run/postgresql"
    given = {**REAL, "YINGBIN_RECEPTION_DATABASE_URL": by_socket, "YINGBIN_RECEPTION_GROUP_DATABASE_URL": by_socket}
    assert Environment.read("reception", given).database_url == by_socket


def test_the_demo_group_stays_on_loopback_unless_it_is_asked_onto_the_network() -> None:
    demo = {"YINGBIN_MODE": "demo", "YINGBIN_BIND": "0.0.0.0"}
    with pytest.raises(BadEnvironment, match="loopback only"):
        Environment.read("reception", demo)
    assert Environment.read("reception", {**demo, "YINGBIN_LAN": "1"}).lan


def test_every_name_is_explained_and_no_secret_shown(tmp_path: Path) -> None:
    key = tmp_path / "bus"
    key.write_text("amqp://x:y@z/")
    given = {**REAL, "YINGBIN_REPORTING_BUS_URL_FILE": str(key), "DATA_DIR": "/srv/yingbin"}
    told = {variable.name: (value, origin) for variable, value, origin in explain(given)}
    assert told["DATA_DIR"] == ("/srv/yingbin", "environment")
    assert told["YINGBIN_RECEPTION_DATABASE_URL"] == ("•••", "environment")
    assert told["YINGBIN_REPORTING_BUS_URL"] == ("•••", f"file {key}")
    assert told["YINGBIN_THREADS"][1] == "default"
    assert {name for name in known() if not name.endswith("_URL_FILE") and "_KEY_FOR_" not in name} <= set(told)
    assert all(variable.says and variable.type and variable.default for variable in variables().values())


def test_the_command_explains_and_says_what_is_wrong() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("YINGBIN_")}
    asked = [sys.executable, "-m", "deploy.cli", "settings", "--explain"]
    said = subprocess.run(
        asked, env={**clean, **REAL, "YINGBIN_TREADS": "4"}, capture_output=True, text=True, check=False, timeout=60,
        cwd=REPOSITORY,
    )  # fmt: skip
    assert said.returncode == 1
    assert "YINGBIN_TREADS (YINGBIN_THREADS?)" in said.stderr
    assert "b7Vx" not in said.stdout + said.stderr
    assert "YINGBIN_THREADS = 16" in said.stdout
