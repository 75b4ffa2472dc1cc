"""The product as separate processes behind nginx, for a test: what deploy/single-host/start starts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.processes import Notes, Recorded, free_port, tail, wait_until
from tests.kit.databases import REPOSITORY

SCRIPTS = REPOSITORY / "deploy" / "single-host"


@dataclass
class SingleHost:
    """A running installation; ``address`` is nginx's, processes are `<service>-web`, `<service>-worker` and `nginx`."""

    address: str
    data_dir: Path
    script: subprocess.Popen

    def processes(self) -> dict[str, Recorded]:
        notes = Notes(self.data_dir / "run" / "processes.json").read()
        return {name: Recorded(value[0], value[1]) for name, value in notes.items()}

    def log(self, name: str) -> str:
        return (self.data_dir / "log" / f"{name}.log").read_text(errors="replace")

    def command(self, verb: str) -> subprocess.CompletedProcess[str]:
        """`stop` or `status` beside the script."""
        return subprocess.run(
            [str(SCRIPTS / verb), "--data-dir", str(self.data_dir)], env=_environment(), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=120, cwd=REPOSITORY,
        )

    def stop(self) -> int:
        """TERM to the script, as an operator's Ctrl-C or a system's stop; returns its exit code."""
        self.script.terminate()
        return self.script.wait(120)


@contextmanager
def single_host(data_dir: Path, variables: dict[str, str], *options: str) -> Iterator[SingleHost]:
    """Start it on these addresses and end it; ``variables`` go into its env file."""
    data_dir.mkdir(parents=True, exist_ok=True)
    env_file = data_dir / "addresses.env"
    env_file.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
    port, said = free_port(), data_dir / "said.log"
    with open(said, "w") as output:
        told = ["--data-dir", str(data_dir), "--port", str(port), "--env-file", str(env_file), *options]
        script = subprocess.Popen(
            [str(SCRIPTS / "start"), *told],
            env=_environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=REPOSITORY,
        )
    host = SingleHost(f"http://127.0.0.1:{port}", data_dir, script)

    def up() -> bool:
        if script.poll() is not None:
            raise RuntimeError(f"it ended ({script.returncode}):\n{tail(said)}")
        return host.address in said.read_text()

    try:
        if not wait_until(up, 150):
            raise RuntimeError(f"it does not come up:\n{tail(said)}")
        yield host
        if script.poll() is None:
            assert host.stop() == 0
            assert not any(process.alive() for process in host.processes().values())
    finally:
        if script.poll() is None:
            host.stop()
        if host.processes():
            host.command("stop")   # what a test that killed the script left


def _environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("YINGBIN_")}
    # One process with threads per service: 2 cores serve the whole product and its test.
    return {**inherited, "PYTHON": sys.executable, "WEB_CONCURRENCY": "1"}
