"""The README's example of a capability is built from its own code blocks, and stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.databases import REPOSITORY

pytestmark = [pytest.mark.timeout(600)]
_BLOCK = re.compile(r"^```(\w+)(?: (\+?)(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "bench", "browser", "node_modules", ".*")


def building(folder: Path) -> Path:
    """A copy of this repository's code without its history."""
    for part in ("services", "shared", "deploy", "tests"):
        shutil.copytree(REPOSITORY / part, folder / part, ignore=_LEFT_OUT)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy2(REPOSITORY / name, folder / name)
    return folder


def follow_the_readme(folder: Path) -> list[str]:
    """Do what the section says, block by block; returns its commands."""
    section = (folder / "README.md").read_text(encoding="utf-8").partition("\n## Adding a capability\n")[2]
    commands: list[str] = []
    for language, added, name, text in _BLOCK.findall(section.partition("\n## ")[0]):
        if language == "sh":
            commands = [line.partition("#")[0].strip() for line in text.splitlines()]
        elif added:
            file = folder / name
            said = file.read_text(encoding="utf-8")
            head, declaration, rest = said.partition("PERMISSIONS: dict[str, frozenset[str]] = {\n")
            assert declaration, f"{name} has no PERMISSIONS to add to"
            file.write_text(head + declaration + text + rest, encoding="utf-8")
        else:
            file = folder / name
            assert not file.exists(), f"{name} is there already"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    wiring = folder / "services" / "appointments" / "service.py"
    said = wiring.read_text(encoding="utf-8")
    named = re.compile(r"capabilities=\((.*?),?\s*\)", re.DOTALL)
    wiring.write_text(named.sub(r'capabilities=(\1, "left_items")', said, count=1), encoding="utf-8")
    return commands


def run(folder: Path, *arguments: str) -> str:
    """One command in the copy, which must succeed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("YINGBIN_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env={**clean, "PYTHONPATH": str(folder)}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False, timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, f"{' '.join(arguments)}:\n{(done.stdout + done.stderr)[-6000:]}"
    return done.stdout


def test_a_capability_is_one_folder_and_one_word(tmp_path: Path) -> None:
    folder = building(tmp_path / "building")
    commands = follow_the_readme(folder)
    before = {path.name for path in (folder / "services/appointments/migrations/versions").glob("*.py")}
    for command in commands[:3]:
        words = re.findall(r'"[^"]*"|\S+', command)
        assert words[0] == "python"
        run(folder, *(word.strip('"') for word in words[1:]))
    (migration,) = {p.name for p in (folder / "services/appointments/migrations/versions").glob("*.py")} - before
    assert "left_items" in migration
    assert commands[3] == "make house"

    run(folder, "-m", "ruff", "check", "--quiet", "--no-cache", "services", "shared", "tests/appointments")
    test = ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'temp'}", "-m", "not real"]
    said = run(
        folder, *test, "tests/appointments/test_left_items.py", "tests/house", "tests/contracts/test_contracts.py",
    )  # fmt: skip
    assert " passed" in said
    assert "/appointments/api/v1/left-items" in run(folder, "-c", _ROUTES)


_ROUTES = """
from shared.app import create_app
from shared.settings.environment import Environment
app = create_app("appointments", Environment.read("appointments", {}))
print(*app.test_client().get("/appointments/openapi.json").json["paths"])
"""
