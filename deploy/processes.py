"""Processes that we started and nobody else: found again by a recorded id, never by name."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


class ServerFailed(RuntimeError):
    """A server did not start, or did not stop; the message ends with the last lines of its log."""


def _stat(pid: int) -> tuple[str, int, str] | None:
    """(state, parent, birth) of a process, or None when there is none. Birth tells a process from a later one that
    was given the same number."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        if Path("/proc/self/stat").exists():
            return None
    else:
        fields = text[text.rindex(")") + 2:].split()
        return fields[0], int(fields[1]), fields[19]
    asked = ["ps", "-o", "stat=,ppid=,lstart=", "-p", str(pid)]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    words = found.stdout.split(None, 2)
    return (words[0][0], int(words[1]), words[2].strip()) if len(words) == 3 else None


def _everybody() -> list[int]:
    if Path("/proc/self/stat").exists():
        return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
    listed = subprocess.run(["ps", "-A", "-o", "pid="], capture_output=True, text=True, check=False)
    return [int(word) for word in listed.stdout.split()]


@dataclass(frozen=True)
class Recorded:
    """A process by its number and its birth."""

    pid: int
    birth: str

    @classmethod
    def of(cls, pid: int) -> Recorded:
        stat = _stat(pid)
        return cls(pid, stat[2] if stat else "")

    def alive(self) -> bool:
        """Does it still run? A zombie does not."""
        stat = _stat(self.pid)
        if stat is not None and stat[0] == "Z":
            with contextlib.suppress(ChildProcessError):   # ours: let it go; another's: it will
                os.waitpid(self.pid, os.WNOHANG)
            return False
        return stat is not None and stat[2] == self.birth

    def send(self, number: int) -> None:
        """Send a signal; nothing happens when it is gone."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def children(self) -> list[Recorded]:
        """It and all below it, parents first."""
        parents: dict[int, list[int]] = {}
        for pid in _everybody():
            if stat := _stat(pid):
                parents.setdefault(stat[1], []).append(pid)
        family, line = [], [self.pid] if self.alive() else []
        while line:
            pid = line.pop(0)
            family.append(Recorded.of(pid))
            line += parents.get(pid, [])
        return family

    def wait(self, seconds: float) -> bool:
        """Wait for its end; True when it ended in time."""
        return wait_until(lambda: not self.alive(), seconds)

    def end(self, *, first: int = signal.SIGTERM, patience: float = 15) -> None:
        """Ask it to end and, after ``patience`` seconds, end it and its children."""
        self.send(signal.SIGCONT)
        self.send(first)
        if not self.wait(patience):
            self.kill()

    def kill(self) -> None:
        """SIGKILL to it and its children at once."""
        family = self.children()
        for member in family:
            member.send(signal.SIGKILL)
        for member in family:
            member.wait(10)


def wait_until(condition: Callable[[], bool], seconds: float, *, pause: float = 0.02) -> bool:
    """Ask again and again; True as soon as it holds, False after ``seconds``."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(pause)
        pause = min(pause * 1.3, 0.25)
    return True


def free_port() -> int:
    """A free loopback port below the range from which the system hands out ports to clients, so that a server that is
    down for a while finds its own again."""
    for _ in range(200):
        port = random.SystemRandom().randrange(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise ServerFailed("no free port on the loopback address")


def tail(log: Path, lines: int = 25) -> str:
    """The last lines of a log, for a message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


class Notes:
    """What a server's folder remembers (ports, passwords, process ids) so that any process can find it again."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict:
        try:
            return json.loads(self.path.read_text())
        except FileNotFoundError:
            return {}

    def update(self, **values: object) -> None:
        """Written beside and moved into place: a reader sees the old or the new, never half."""
        notes = {**self.read(), **values}
        beside = self.path.with_suffix(f".{os.getpid()}")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(notes, file, indent=1)
        beside.replace(self.path)

    def remember(self, name: str, pid: int) -> Recorded:
        recorded = Recorded.of(pid)
        self.update(**{name: [recorded.pid, recorded.birth]})
        return recorded

    def process(self, name: str) -> Recorded | None:
        found = self.read().get(name)
        return Recorded(found[0], found[1]) if found else None
