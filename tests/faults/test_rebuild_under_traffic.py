"""A projection is rebuilt while facts keep coming: nobody waits, and afterwards it equals the owners' own tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.events.rebuild import rebuild
from tests.faults.checkers import check_all
from tests.faults.running import Running
from tests.kit.house import House
from tests.kit.waiting import until

pytestmark = pytest.mark.faults


def test_rebuilt_equals_live_under_traffic(house: House, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with Running(house, tmp_path, request.config.getoption("--seed")) as running:
        running.heal()
        with running.load():
            until(lambda: len(running.ledger.of("ok")) > 20, 30)
            for service in ("reporting", "appointments"):
                runtime = house.runtime(service)
                for name in runtime.handlers.projections:
                    before = len(running.ledger.of("ok"))
                    with house.at(service):
                        rebuild(runtime, name)
                    until(lambda n=before: len(running.ledger.of("ok")) > n, 30, "check-ins went on")
        running.heal()
        check_all(house, running.ledger)
        assert not running.ledger.of("info")
