"""``make demo``: the same seed plans the same morning; at full speed it leaves something to say on every page."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from deploy.demo_morning import WORKSHOP, plan
from deploy.local.demo_group import BRANCHES
from services.reception.customers.plates import PROVINCES, read_plate
from shared import clock
from tests.faults.processes import program
from tests.kit.waiting import until
from tests.operations.shop import Shop, free_port

CODES = [code for code, _, _ in BRANCHES]


def test_the_same_seed_plans_the_same_morning() -> None:
    assert plan(7, 120, CODES) == plan(7, 120, CODES)
    assert plan(7, 120, CODES) != plan(8, 120, CODES)


def test_the_morning_is_believable_and_something_goes_wrong_in_every_branch() -> None:
    steps = plan(1, 120, CODES)
    came = [step.details for step in steps if step.what == "check_in"]
    plates = [each["plate"] for each in came if each["plate"]]
    assert all(read_plate(plate).kind in ("ordinary", "new_energy") for plate in plates)
    assert len({plate[0] for plate in plates}) > len(PROVINCES) / 2
    assert len({each["name"] for each in came}) > 80
    for code in CODES:
        there = [step for step in steps if step.branch == code]
        done = Counter(step.what for step in there)
        assert done["check_in"] >= 38
        assert done["leave"]
        assert done["slip"]
        assert done["open"] > done["hand-over"], "some cars are still in the workshop"
        assert [step for step in there if step.what == "open" and step.details["hopeless"]]
        assert [step for step in there if step.what == "call_log" and not step.details["answered"]]
        assert [step for step in there if step.details.get("purpose") == "complaint"]
        moved = {step.about for step in there if step.what in ("leave", "complete", "open")}
        assert {step.about for step in there if step.what == "check_in"} - moved, "somebody waits at noon"
    waiting = [step for step in steps if step.about >= 10_000]
    assert {step.details["purpose"] for step in waiting} == {"collect_vehicle"}
    began = {step.about: step.details["plate"] for step in steps if step.what == "check_in" and step.about < 10_000}
    ready = {step.about for step in steps if step.what == "ready"}
    assert [began[step.about - 10_000] for step in waiting] == [step.details["plate"] for step in waiting]
    assert not {step.about - 10_000 for step in waiting} & ready, "the car is not ready"
    assert {step.details["purpose"] for step in steps if step.what == "check_in"} & set(WORKSHOP)


@pytest.mark.timeout(180)
def test_at_full_speed_it_fills_every_page(tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "data"
    told = {"DATA_DIR": str(data), "PORT": str(port), "YINGBIN_MODE": "demo"}
    shop = Shop(told, [], port, tmp_path)
    with shop.running("local") as started:
        shop.up(started, "reporting")
        with program(["-m", "deploy.demo", "--fast", "--visitors", "60"], told, tmp_path / "demo.log") as playing:
            playing.died(90)
        said = playing.output.read_text()
        assert "虚构" in said
        assert "cars handed over" in said, said[-2000:]
        found = json.loads((data / "demo-credentials.json").read_text())
        with shop.client() as client:
            headers = {"Authorization": f"Bearer {found['hq']['key']}"}
            today = clock.local_date(clock.now(), "Asia/Shanghai")

            def figures_of(code: str) -> dict[str, float]:
                answer = client.get(f"/reporting/api/v1/reports/day?branch={code}&date={today}", headers=headers)
                return {line["kpi"]: line["value"] for line in answer.json()["figures"]}

            came = sum(step.what == "check_in" for step in plan(1, 60, CODES))
            until(lambda: sum(figures_of(code)["visits"] for code in CODES) == came, 20, "every arrival is counted")
            for code in CODES:
                figures = figures_of(code)
                for name in ("visits", "visits_completed", "visits_left", "calls", "repair_orders_handed_over"):
                    assert figures[name], (code, name, figures)
                assert figures["calls_answered"] < figures["calls"]
                assert figures["visits_completed"] < figures["visits"], "somebody is still there"
