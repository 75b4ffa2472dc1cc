"""Which duties of the list this run has proved: `@pytest.mark.duty("R1.3")` on a test, `--duties` prints them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

LISTED = tuple((Path(__file__).resolve().parents[1] / "duties.txt").read_text().split())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--duties", action="store_true", help="list the duties that no test of this run proved")


def pytest_itemcollected(item: pytest.Item) -> None:
    for mark in item.iter_markers("duty"):
        unknown = [duty for duty in mark.args if duty not in LISTED]
        if unknown or not mark.args:
            raise pytest.UsageError(f"{item.nodeid}: no such duty: {', '.join(unknown) or 'none named'}")
        for duty in mark.args:
            # Travels with the report from a worker to the process that prints.
            item.user_properties.append(("duty", duty))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.getoption("--duties"):
        return
    outcomes: dict[str, set[str]] = defaultdict(set)
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, duty in getattr(report, "user_properties", []):
                if name == "duty":
                    outcomes[duty].add(outcome)
    proved = [duty for duty in LISTED if outcomes[duty] == {"passed"}]
    broken = [duty for duty in LISTED if outcomes[duty] - {"passed"}]
    terminalreporter.section("duties")
    terminalreporter.write_line(f"{len(proved)} of {len(LISTED)} proved: {' '.join(proved) or 'none'}")
    if broken:
        terminalreporter.write_line(f"with a failing test: {' '.join(broken)}", red=True)
    families: dict[str, list[str]] = defaultdict(list)
    for duty in LISTED:
        if not outcomes[duty]:
            families[duty.split(".")[0]].append(duty.split(".")[1])
    rest = "  ".join(f"{family}.{','.join(numbers)}" for family, numbers in families.items())
    terminalreporter.write_line(f"nothing proves: {rest or 'none'}")
