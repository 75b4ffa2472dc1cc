"""One PostgreSQL and one RabbitMQ for all workers of a test run, below the system's folder for temporary files."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from deploy.processes import Notes, Recorded
from deploy.servers import PostgresServer, RabbitServer

ROOT = Path(tempfile.gettempdir()) / f"yingbin-kit-{os.getuid()}"
KEPT = "kept"
VHOSTS_AT_ONCE = 16
Server = TypeVar("Server", PostgresServer, RabbitServer)


def keeping() -> bool:
    """Are servers kept for the next run?"""
    return os.environ.get("KIT_KEEP", "") not in ("", "0")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Between processes; ends with the process that holds it."""
    with open(path, "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Run:
    """The servers of one test run. Its owner, the process that was started by a person or by CI, ends them."""

    def __init__(self, name: str, *, durable: bool = True) -> None:
        self.durable = durable
        self.directory = ROOT / (KEPT if keeping() else name)

    def own(self) -> Run:
        """Say that this process is the run's owner; servers of runs whose owner died are ended first."""
        ROOT.mkdir(mode=0o711, exist_ok=True)
        with locked(ROOT / ".lock"):
            for other in ROOT.iterdir():
                if other.is_dir() and other.name != KEPT and other != self.directory and not _owner_lives(other):
                    end_all(other)
            self.directory.mkdir(mode=0o711, exist_ok=True)
            Notes(self.directory / "owner.json").remember("owner", os.getpid())
        return self

    def end(self) -> None:
        """End every server of this run and remove its folder, unless servers are kept."""
        if not keeping():
            end_all(self.directory)

    def postgres(self) -> PostgresServer:
        """The run's PostgreSQL, started by whoever asks first and never killed."""
        folder = self._folder("postgres" if self.durable else "quick_postgres")
        return self._started(PostgresServer(folder, auth="trust", max_connections=400, durable=self.durable))

    def broker(self) -> RabbitServer:
        """The run's RabbitMQ, never stopped by a test."""
        return self._started(RabbitServer(self._folder("broker"), vhosts=["/", *_names(0)]))

    def own_postgres(self) -> PostgresServer:
        """A PostgreSQL that tests may kill."""
        return self._started(PostgresServer(self._folder("own_postgres"), auth="trust", max_connections=200))

    def own_broker(self) -> RabbitServer:
        """A RabbitMQ that tests may kill, freeze and wipe."""
        return self._started(RabbitServer(self._folder("own_broker"), vhosts=["/", *_names(0)]))

    def _folder(self, name: str) -> Path:
        folder = self.directory / name
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        return folder

    def _started(self, server: Server) -> Server:
        with locked(server.directory / "start.lock"):
            server.start()
        return server


def take_vhost(broker: RabbitServer) -> str:
    """An empty vhost for one test. They are made and emptied sixteen at a time: each call to the broker costs 1 s."""
    with locked(broker.directory / "vhosts.lock"):
        pool = _read_pool(broker)
        if not pool["free"] and pool["used"]:
            broker.empty_vhosts(pool["used"])
            pool["free"], pool["used"] = pool["used"], []
        elif not pool["free"]:
            fresh = _names(len(broker.vhosts) - 1)
            broker.add_vhosts(fresh)
            pool["free"] = fresh
        name = pool["free"].pop(0)
        _write_pool(broker, pool)
        return name


def give_back_vhost(broker: RabbitServer, name: str) -> None:
    """The test is over; its queues are thrown away when the next sixteen are needed."""
    with locked(broker.directory / "vhosts.lock"):
        pool = _read_pool(broker)
        pool["used"].append(name)
        _write_pool(broker, pool)


def _names(after: int) -> list[str]:
    return [f"t{number:03}" for number in range(after, after + VHOSTS_AT_ONCE)]


def _read_pool(broker: RabbitServer) -> dict[str, list[str]]:
    path = broker.directory / "vhosts.json"
    return json.loads(path.read_text()) if path.exists() else {"free": _names(0), "used": []}


def _write_pool(broker: RabbitServer, pool: dict[str, list[str]]) -> None:
    (broker.directory / "vhosts.json").write_text(json.dumps(pool))


def _owner_lives(run: Path) -> bool:
    owner = Notes(run / "owner.json").process("owner")
    return owner is not None and owner.alive()


def end_all(run: Path) -> None:
    """End every process that a server's folder below ``run`` has recorded, by id and birth, and remove the folder."""
    for notes in sorted(run.glob("*/server.json")):
        folder = notes.parent
        with contextlib.suppress(Exception):
            (RabbitServer if (folder / "rabbitmq.conf").exists() else PostgresServer)(folder).stop()
        for value in Notes(notes).read().values():
            if isinstance(value, list) and len(value) == 2 and isinstance(value[0], int):
                Recorded(value[0], value[1]).kill()
    shutil.rmtree(run, ignore_errors=True)
