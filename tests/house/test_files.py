"""Each rule holds for the building, and a bad sample turns it red."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house import code, texts
from tests.house.building import ROOT

Rule = Callable[[Path], list[str]]

# By rule: the files of a bad sample, and what must be named. Words that would break a rule themselves are put together.
SERVICE = {
    "services/desk/service.py": "",
    "services/desk/permissions.py": "PERMISSIONS = {'visits.call': frozenset()}\n",
}
CAPABILITIES = {
    **SERVICE,
    "services/desk/calls/__init__.py": "",
    "services/desk/visits/__init__.py": "",
    "services/desk/visits/queries.py": "",
}
SAMPLES: list[tuple[Rule, dict[str, str], str]] = [
    (texts.too_big, {"shared/long.py": "x = 1\n" * 351}, "shared/long.py"),
    (texts.too_big, {"services/desk/service.py": "x = 1\n" * 61}, "services/desk/service.py"),
    (texts.names_that_say_nothing, {"shared/web/utils.py": ""}, "shared/web/utils.py"),
    (texts.names_that_say_nothing, {"services/desk/common/model.py": ""}, "common"),
    (texts.unescaped, {"services/desk/templates/a.html": "<p>{{ name | safe }}</p>"}, "a.html:1"),
    (texts.unescaped, {"services/desk/templates/a.html": "\n{% autoescape false %}"}, "a.html:2"),
    (texts.addresses, {"requirements.txt": "--index-url https://" + "pypi" + ".org/simple"}, "requirements.txt:1"),
    (
        texts.addresses,
        {"web/package-lock.json": '"resolved": "https://' + "registry" + '.npmjs.org/x.tgz"'},
        "package-lock.json:1",
    ),
    (texts.addresses, {"deploy/x.sh": "cd /" + "work/main && make"}, "deploy/x.sh:1"),
    (texts.addresses, {"README.md": "see /" + "home/me/notes"}, "README.md:1"),
    (
        texts.unknown_duties,
        {"tests/duties.txt": "R1.1\n", "shared/a.py": "'''Waits (R1.1, R1" + ".99).'''"},
        "shared/a.py:1: R1" + ".99",
    ),
    (code.clocks, {"shared/a.py": "from datetime import datetime as d\nd.now()\n"}, "shared/a.py:2"),
    (code.clocks, {"services/desk/a.py": "import datetime\ndatetime.date.today()\n"}, "a.py:2"),
    (code.clocks, {"deploy/a.py": "from time import time\ntime()\n"}, "deploy/a.py:2"),
    (code.clocks, {"shared/a.py": "import datetime as dt\nmake = dt.datetime.utcnow\n"}, "shared/a.py:2"),
    (
        code.sleeping_tests,
        {"tests/visits/test_a.py": "import time\n\ndef test_x():\n    time.sleep(1)\n"},
        "test_a.py:4",
    ),
    (code.sleeping_tests, {"tests/test_b.py": "from time import sleep as nap\nnap(1)\n"}, "test_b.py:2"),
    (
        code.actions_without_permission,
        {**SERVICE, "services/desk/visits/actions.py": "def call():\n    pass\n"},
        "call names no permission",
    ),
    (
        code.actions_without_permission,
        {**SERVICE, "services/desk/visits/actions.py": "@action('visits.left')\ndef leave():\n    pass\n"},
        "visits.left is not in permissions.py",
    ),
    (
        code.side_doors,
        {**CAPABILITIES, "services/desk/calls/actions.py": "from services.desk.visits.queries import one\n"},
        "calls/actions.py:1",
    ),
    (
        code.side_doors,
        {**CAPABILITIES, "services/desk/calls/actions.py": "from services.desk.visits import queries\n"},
        "calls/actions.py:1",
    ),
    (
        code.migrations_that_import_us,
        {
            **SERVICE,
            "services/desk/migrations/versions/2026_11_23_0001_house.py": "from shared.db import UtcDateTime\n",
        },
        "0001_house.py:1",
    ),
    (code.words_of_the_trade, {"shared/jobs.py": "def remind(customer_id):\n    pass\n"}, "shared/jobs.py:1: customer"),
    (code.words_of_the_trade, {"shared/jobs.py": "KIND = 'RepairOrders'\n"}, "shared/jobs.py:1: repair_order"),
]
RULES = list(dict.fromkeys(rule for rule, _, _ in SAMPLES))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_building_keeps_the_rule(rule: Rule) -> None:
    assert rule(ROOT) == []


@pytest.mark.parametrize(
    ("rule", "sample", "named"), SAMPLES, ids=[f"{rule.__name__}-{named}" for rule, _, named in SAMPLES]
)
def test_the_rule_can_fail(rule: Rule, sample: dict[str, str], named: str, tmp_path: Path) -> None:
    for folder in ("services", "shared", "deploy", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "tests" / "duties.txt").write_text("R1.1\n")
    for name, text in sample.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    broken = rule(tmp_path)
    assert len(broken) == 1, broken
    assert named in broken[0]


def test_what_is_allowed_is_not_found(tmp_path: Path) -> None:
    sample = {
        "shared/clock.py": "import time\nfrom datetime import datetime\ndatetime.now()\ntime.time()\n",
        "shared/a.py": "from shared import clock\nfrom datetime import datetime\nclock.now()\ndatetime.max\n",
        "tests/duties.txt": "R1.1\n",
        "tests/kit/waiting.py": "import time\ntime.sleep(0.01)\n",
        "services/desk/service.py": "",
        "services/desk/permissions.py": "PERMISSIONS = {'visits.call': frozenset()}\n",
        "services/desk/visits/__init__.py": "from services.desk.visits.queries import one\n",
        "services/desk/visits/queries.py": "one = 1\n",
        "services/desk/visits/actions.py": "@action('visits.call')\ndef call():\n    pass\n\ndef _lock():\n    pass\n",
        "services/desk/calls/__init__.py": "",
        "services/desk/calls/queries.py": "from services.desk.visits import one\n",
        "shared/contracts/loader.py": "FAMILIES = {'customer', 'vehicle'}\n",
        "shared/b.py": 'def redact(subject):\n    """Erase (customer/<id>)."""\n    scar = \'advise, inviting\'\n',
        "deploy/page.html": "{{ name }} is safe",
        "README.md": "version 1.2.3 of Python 3.11 (R1.1) lives in var/ and answers at /reception/api/v1/tmp/x\n",
    }
    for name, text in sample.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert {rule.__name__: rule(tmp_path) for rule in RULES} == {rule.__name__: [] for rule in RULES}
