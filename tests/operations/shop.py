"""A small shop whose programs run as processes, for what only whole processes can show."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from deploy.processes import Recorded
from shared import clock
from tests.faults.processes import Program, answers, free_port, program
from tests.kit.house import BRANCHES, build, open_branches
from tests.kit.waiting import until


@dataclass
class Shop:
    """Two branches with a kiosk each; ``variables`` are what its programs are told."""

    variables: dict[str, str]
    keys: list[str]
    port: int
    folder: Path
    scheme: str = "http"
    verify: Any = True
    logs: dict[str, Path] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, trust_env=False, timeout=15, verify=self.verify)

    def check_in(self, client: httpx.Client, branch: int = 0) -> httpx.Response:
        """A visitor at the kiosk of a branch."""
        return client.post(
            "/reception/api/v1/check-ins",
            headers={"Authorization": f"Bearer {self.keys[branch]}", "Idempotency-Key": str(uuid.uuid4())},
            json={"purpose": "maintenance", "occurred_at": clock.wire(clock.now()),
                  "consent": {"version": "1", "purposes": []}},
        )  # fmt: skip

    @contextmanager
    def running(self, *arguments: str, **more: str) -> Iterator[Program]:
        """``yingbin <arguments>`` while the block runs."""
        log = self.logs.setdefault(" ".join(arguments), self.folder / f"{'-'.join(arguments)}.log")
        with program(["-m", "deploy.cli", *arguments], {**self.variables, **more}, log) as started:
            yield started

    def up(self, started: Program, service: str = "reception") -> None:
        """Wait until it is ready."""

        def ready() -> bool:
            assert started.running, started.output.read_text()[-3000:]
            if not answers(self.port):
                return False
            with self.client() as client:
                return client.get(f"/{service}/readyz").status_code == 200

        until(ready, 60, "it serves")


def open_shop(stack: str, variables: Mapping[str, str], folder: Path) -> Shop:
    """Tables, branches, keys; nothing runs yet."""
    house = build(stack, dict(variables), folder / "data")
    try:
        open_branches(house)
        keys = [house.kiosk_key(branch) for branch in BRANCHES]
        house.settle()
    finally:
        house.close()
    port = free_port()
    told = {**variables, "DATA_DIR": str(folder / "data"), "PORT": str(port), "YINGBIN_MODE": "real"}
    return Shop(told, keys, port, folder)


def term(started: Program) -> None:
    """TERM, as a system sends it at a stop."""
    Recorded.of(started._process.pid).send(signal.SIGTERM)
