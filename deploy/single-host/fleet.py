"""Processes that belong together: started, watched, started again when they fall, ended by their recorded ids."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.processes import Notes, Recorded, ServerFailed, tail

LONGEST_PAUSE = 15.0


@dataclass
class Kept:
    """A process that is started again when it ends."""

    command: list[str]
    environment: dict[str, str]
    user: pwd.struct_passwd | None
    process: Recorded
    started: float
    pause: float = 0.5
    again_at: float | None = None
    falls: int = 0


class Fleet:
    """The processes of one installation; ``folder`` remembers their ids, ``logs`` gets what they say."""

    def __init__(self, folder: Path, logs: Path) -> None:
        self.notes = Notes(folder / "processes.json")
        self.logs = logs
        self._kept: dict[str, Kept] = {}

    def log_of(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def processes(self) -> dict[str, Recorded]:
        """Every process by its name, also those that another program started."""
        return {name: Recorded(value[0], value[1]) for name, value in self.notes.read().items()}

    def run(self, name: str, command: list[str], environment: dict[str, str], *, timeout: float) -> None:
        """Run a command to its end. ServerFailed with the end of its log."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with open(self.log_of(name), "a") as log:
            process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                code = -9
            except BaseException:
                process.terminate()
                raise
        if code:
            raise ServerFailed(f"{name} failed ({code}):\n{tail(self.log_of(name))}")

    def keep(
        self, name: str, command: list[str], environment: dict[str, str], *, user: pwd.struct_passwd | None = None
    ) -> None:
        """Start a process and keep it running."""
        process = self._start(name, command, environment, user)
        self._kept[name] = Kept(command, environment, user, process, time.monotonic())

    def look_after(self) -> None:
        """Start again what has ended: soon after the first fall, later after each further one."""
        now = time.monotonic()
        for name, kept in self._kept.items():
            if kept.again_at is None:
                if kept.process.alive():
                    continue
                if now - kept.started > 60:
                    kept.pause = 0.5
                kept.falls += 1
                kept.again_at = now + kept.pause
                kept.pause = min(kept.pause * 2, LONGEST_PAUSE)
                print(f"{name} ended; started again soon (log: {self.log_of(name)})", flush=True)
            if now >= kept.again_at:
                kept.process = self._start(name, kept.command, kept.environment, kept.user)
                kept.started, kept.again_at = now, None

    def never_stood(self, falls: int = 3) -> str | None:
        """The name of a process that has fallen so often, for a start that cannot succeed."""
        return next((name for name, kept in self._kept.items() if kept.falls >= falls), None)

    def end(self) -> None:
        """End all: first nobody gets in, then everybody finishes what they hold."""
        self._kept.clear()
        processes = self.processes()
        if nginx := processes.pop("nginx", None):
            nginx.end(first=signal.SIGQUIT, patience=5)
        for process in processes.values():
            process.send(signal.SIGCONT)
            process.send(signal.SIGTERM)
        until = time.monotonic() + 30
        for process in processes.values():
            if not process.wait(max(0.0, until - time.monotonic())):
                process.kill()
        with contextlib.suppress(FileNotFoundError):
            self.notes.path.unlink()

    def _start(
        self, name: str, command: list[str], environment: dict[str, str], user: pwd.struct_passwd | None
    ) -> Recorded:
        self.logs.mkdir(parents=True, exist_ok=True)
        privileges: dict[str, Any] = {}
        if user is not None:
            privileges = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}
        environment = environment or {"PATH": os.environ.get("PATH", "/usr/bin:/bin")}
        with open(self.log_of(name), "a") as log:
            process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                **privileges,
            )
        return self.notes.remember(name, process.pid)
