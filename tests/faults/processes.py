"""Our own programs as processes that may be killed, or kill themselves at a fault point."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.kit.databases import REPOSITORY
from tests.kit.waiting import until


class Program:
    """One of our commands, in its own process group; its output goes to a file."""

    def __init__(self, arguments: list[str], variables: Mapping[str, str], output: Path) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("YINGBIN_")}
        self.output = output
        with output.open("ab") as file:
            self._process = subprocess.Popen(
                [sys.executable, *arguments], env={**inherited, **variables}, stdin=subprocess.DEVNULL,
                stdout=file, stderr=subprocess.STDOUT, cwd=REPOSITORY, start_new_session=True,
            )  # fmt: skip

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def end(self, seconds: float = 15.0) -> None:
        """TERM, and KILL when that is not enough."""
        if self.running:
            self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, 9)
                self._process.wait(5)

    def died(self, seconds: float) -> None:
        """Wait until it has killed itself."""
        until(lambda: not self.running, seconds, "the fault point was never reached")


@contextmanager
def program(arguments: list[str], variables: Mapping[str, str], output: Path) -> Iterator[Program]:
    """Run a program while the block runs."""
    started = Program(arguments, variables, output)
    try:
        yield started
    finally:
        started.end()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
