"""Service processes as on a machine of their own: ``yingbin <service> web`` and ``worker``, ended by their ids."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from deploy.processes import Recorded, free_port, tail, wait_until
from deploy.servers import SERVICES
from tests.bench.stage import Ground
from tests.kit.databases import REPOSITORY


class Processes:
    """Processes on the databases, vhost and keys of one ground."""

    def __init__(self, ground: Ground) -> None:
        self._folder = ground.stage.folder("processes")
        self._running: dict[str, Recorded] = {}
        self._ports = {service: free_port() for service in SERVICES}
        data_dir = ground.house.runtime("reception").environment.data_dir
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("YINGBIN_")}
        self._variables = {
            **inherited, **ground.urls.variables(), "DATA_DIR": str(data_dir), "YINGBIN_MODE": "real",
            "YINGBIN_THREADS": "8", "PYTHONUNBUFFERED": "1",
        }  # fmt: skip
        for service in SERVICES:
            self._variables[f"YINGBIN_{service.upper()}_FEED_URL"] = self.address(service)
        for file in (data_dir / "secrets").glob("*-reads-*.key"):
            consumer, _, source = file.stem.partition("-reads-")
            self._variables[f"YINGBIN_{consumer.upper()}_KEY_FOR_{source.upper()}_FILE"] = str(file)

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running.values():
            process.end()

    def address(self, service: str) -> str:
        return f"http://127.0.0.1:{self._ports[service]}"

    def port(self, service: str) -> int:
        return self._ports[service]

    @staticmethod
    def free() -> int:
        """A port for something else."""
        return free_port()

    def start(self, service: str, role: str) -> Recorded:
        """Start one; a web process has answered that it is ready before this returns."""
        metrics = self._folder / f"metrics-{service}"
        metrics.mkdir(exist_ok=True)
        own = {"PORT": str(self._ports[service]), "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
        command = [sys.executable, "-m", "deploy.cli", service, role]
        ready = f"{self.address(service)}/{service}/readyz" if role == "web" else None
        return self.run(f"{service}-{role}", command, own, ready)

    def run(self, name: str, command: list[str], own: dict[str, str], ready: str | None = None) -> Recorded:
        """Start any command with these variables, and wait for an address that answers 200."""
        log = self._folder / f"{name}.log"
        with open(log, "w") as output:
            process = subprocess.Popen(
                command, env={**self._variables, **own}, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                cwd=REPOSITORY, start_new_session=True,
            )  # fmt: skip
        self._running[name] = recorded = Recorded.of(process.pid)
        if ready is not None:
            self._await(recorded, ready, log)
        return recorded

    def end(self, name: str) -> None:
        self._running.pop(name).end()

    def log(self, name: str) -> str:
        return tail(self._folder / f"{name}.log")

    @staticmethod
    def _await(process: Recorded, address: str, log: Path) -> None:
        def answers() -> bool:
            if not process.alive():
                raise RuntimeError(f"it ended:\n{tail(log)}")
            try:
                with urllib.request.urlopen(address, timeout=3) as answer:
                    return answer.status == 200
            except (urllib.error.URLError, OSError):
                return False

        if not wait_until(answers, 60, pause=0.05):
            raise RuntimeError(f"{address} is not ready:\n{tail(log)}")
