"""Who may import whom (pyproject.toml, tool.importlinter), checked by import-linter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.building import ROOT


def broken_contracts(root: Path) -> str:
    """What import-linter says against the tree below ``root``; empty when it has nothing to say."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=root,
        env={**os.environ, "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_building_keeps_its_contracts() -> None:
    assert broken_contracts(ROOT) == ""


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"services/desk/calls/actions.py": "import services.shop.model\n"}, "No service knows another BROKEN"),
        ({"shared/db.py": "import services.desk\n"}, "shared imports no service"),
        ({"services/desk/calls/actions.py": "import kombu\n"}, "Only shared.events speaks to the broker BROKEN"),
        ({"services/desk/calls/queries.py": "import services.desk.calls.actions\n"}, "model BROKEN"),
        ({"services/desk/calls/model.py": "import services.desk.calls.queries\n"}, "model BROKEN"),
    ],
    ids=["another-service", "a-service-in-shared", "the-broker", "query-to-action", "model-to-query"],
)
def test_a_forbidden_import_is_found(files: dict[str, str], said: str, tmp_path: Path) -> None:
    rooms = [
        "services/desk/calls/actions.py",
        "services/desk/calls/queries.py",
        "services/desk/calls/model.py",
        "services/shop/model.py",
        "shared/db.py",
    ]
    for name in [*rooms, "deploy/cli.py", "shared/events/bus.py"]:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(files.get(name, ""))
    for folder in {
        parent
        for file in tmp_path.rglob("*.py")
        for parent in file.parents
        if parent != tmp_path and tmp_path in parent.parents
    }:
        (folder / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert said in broken_contracts(tmp_path)
