"""One script brings the product up as separate processes behind nginx, looks after them, and ends them all."""

from __future__ import annotations

import json
import signal
import socket
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from deploy.processes import wait_until
from deploy.servers import SERVICES
from tests.kit.databases import RealUrls
from tests.kit.single_host import single_host

pytestmark = [pytest.mark.timeout(300)]
NAMES = {"nginx", *(f"{service}-{role}" for service in SERVICES for role in ("web", "worker"))}


def check_in(client: httpx.Client, key: str) -> str:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    answer = client.post(
        "/reception/api/v1/check-ins",
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid.uuid4())},
        json={
            "purpose": "maintenance", "party_size": 1, "occurred_at": now, "consent": {"version": "1", "purposes": []},
        },
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["visit_id"]


def heard_at_headquarters(client: httpx.Client, key: str, visit: str) -> bool:
    answer = client.get("/reporting/api/v1/feed", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200, answer.text
    return any(event["subject"] == f"visit/{visit}" for event in answer.json()["events"])


@contextmanager
def slow_senders(address: str, count: int) -> Iterator[None]:
    """So many requests whose bodies never come to an end."""
    url = urlsplit(address)
    head = b"POST /reception/api/v1/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with ExitStack() as held:
        for _ in range(count):
            line = held.enter_context(socket.create_connection((url.hostname or "", url.port or 80), timeout=10))
            line.sendall(head + b"Content-Length: 1000\r\n\r\n{")
        yield


def test_one_address_for_four_services_that_are_looked_after_and_all_ended(tmp_path: Path, real_urls: RealUrls) -> None:
    with single_host(tmp_path / "host", real_urls.variables(), "--demo") as host:
        with httpx.Client(base_url=host.address, trust_env=False, timeout=10) as client:
            for service in SERVICES:
                assert client.get(f"/{service}/healthz").status_code == 200
                assert client.get(f"/{service}/version").status_code == 200
                assert client.get(f"/{service}/metrics").status_code == 404
            nowhere = client.get("/elsewhere")
            assert nowhere.status_code == 404
            assert nowhere.headers["content-type"].startswith("application/problem+json")
            known = json.loads((host.data_dir / "demo-credentials.json").read_text())
            with slow_senders(host.address, 100):
                # More than there are threads: they wait at the proxy, and nobody behind it knows of them (S45).
                for _ in range(20):
                    assert client.get("/reception/version").status_code == 200
                visit = check_in(client, known["kiosk"][0]["key"])
            assert wait_until(lambda: heard_at_headquarters(client, known["hq"]["key"], visit), 20)
        assert set(host.processes()) == NAMES
        assert host.command("status").returncode == 0

        fallen = host.processes()["reporting-worker"]
        fallen.send(signal.SIGKILL)
        assert wait_until(lambda: host.processes()["reporting-worker"] != fallen, 10)
        assert wait_until(lambda: host.command("status").returncode == 0, 10)

        before = host.processes()
        host.script.kill()
        host.script.wait()
        assert any(process.alive() for process in before.values())
        assert host.command("stop").returncode == 0
        assert not any(process.alive() for process in before.values())
        assert host.command("status").returncode == 1
