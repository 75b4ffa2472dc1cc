"""Numbers of several processes add up, and nobody outside reads them."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from shared import clock, jobs
from shared.db import transaction
from shared.operations.metrics import exposition
from tests.kit.databases import RealUrls
from tests.kit.house import House, stack_of
from tests.kit.single_host import single_host
from tests.kit.waiting import until

pytestmark = [pytest.mark.timeout(240)]


def value(text: str, sample: str) -> float | None:
    """The value of one sample, by its name and the beginning of its labels."""
    found = re.search(rf"^{re.escape(sample)}[^ ]* (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else None


def test_two_web_processes_and_the_worker_show_one_sum_and_only_inside(tmp_path: Path, real_urls: RealUrls) -> None:
    variables = {**real_urls.variables(), "WEB_CONCURRENCY": "2"}
    with single_host(tmp_path / "host", variables, "--demo") as host:
        ports = json.loads((host.data_dir / "run" / "host.json").read_text())["ports"]
        inside = f"http://127.0.0.1:{ports['reporting']}"
        counters = host.data_dir / "run" / "metrics" / "reporting"
        asked = 0

        def both_have_answered() -> bool:
            nonlocal asked
            # A connection of its own each time, or one process would get them all.
            assert httpx.get(f"{inside}/reporting/version", trust_env=False).status_code == 200
            asked += 1
            return len(list(counters.glob("counter_*.db"))) >= 2

        until(both_have_answered, 60, "both processes have answered")
        sample = 'http_requests_total{endpoint="/reporting/version",method="GET",service="reporting",status="200"}'
        for _ in range(6):
            text = httpx.get(f"{inside}/reporting/metrics", trust_env=False).text
            assert value(text, sample) == asked

        def worker_is_shown() -> bool:
            shown = httpx.get(f"{inside}/reporting/metrics", trust_env=False).text
            behind = value(shown, 'consumer_behind_events{service="reporting",source="reception"}')
            return value(shown, 'broker_up{service="reporting"}') == 1 and behind == 0

        until(worker_is_shown, 30, "what only the worker knows is shown by the web processes")
        with httpx.Client(base_url=host.address, trust_env=False) as outside:
            for path in ("metrics", "metrics/", "%6detrics", "./metrics", "metrics?x", "/metrics"):
                answer = outside.get(f"/reporting/{path}")
                assert answer.status_code in (400, 404), path
                assert "http_requests" not in answer.text
            assert outside.get("/reporting/version").headers["Server"] == "yingbin"
            assert "/" not in outside.get("/nowhere").headers["Server"], "a version helps nobody"


@stack_of("embedded")
def test_a_backlog_of_jobs_is_shown(house: House) -> None:
    with house.at("followup"):
        before = exposition(house.runtime("followup")).decode()
        assert value(before, 'jobs_due{service="followup"}') == 0
        with transaction() as session:
            jobs.plan(session, "call_backs.due", "test/1", clock.now() - timedelta(seconds=90))
        after = exposition(house.runtime("followup")).decode()
    assert value(after, 'jobs_due{service="followup"}') == 1
    assert (value(after, 'jobs_oldest_due_seconds{service="followup"}') or 0) >= 90
    assert value(after, 'jobs_failed{service="followup"}') == 0


@stack_of("embedded")
def test_on_the_local_network_only_this_machine_reads_numbers(house: House) -> None:
    from dataclasses import replace

    here = house.runtime("reporting")
    here.environment = replace(here.environment, lan=True)
    client = house.client("reporting")
    assert client.get("/reporting/metrics", environ_base={"REMOTE_ADDR": "192.168.1.7"}).status_code == 404
    assert client.get("/reporting/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 200
