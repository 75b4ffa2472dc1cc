"""A private RabbitMQ of our own on free loopback ports, from the system's binaries."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from deploy.broker_definitions import OPERATOR, SERVICES, definitions
from deploy.packages import rabbitmq_bin
from deploy.processes import Notes, ServerFailed, free_port, tail, wait_until

ON_LOOPBACK = "-kernel inet_dist_use_interface {127,0,0,1}"


class RabbitServer:
    """RabbitMQ in ``directory``; another process finds the same server by the same directory.

    Node name, cookie, HOME and all ports are its own and on the loopback address, the port mapper (epmd) too: it is
    started by us in the foreground and ended with the broker. Vhosts, users, permissions, exchange and policy come from
    definitions.json at every boot, so a wiped broker comes back whole. A boot takes about 10 s.
    """

    def __init__(self, directory: str | Path, *, vhosts: Iterable[str] = ("/",)) -> None:
        self.directory = Path(directory).absolute()
        self.log = self.directory / "rabbitmq.log"
        self.notes = Notes(self.directory / "server.json")
        self._first_vhosts = list(vhosts)

    @property
    def port(self) -> int:
        return self.notes.read()["port"]

    @property
    def passwords(self) -> dict[str, str]:
        """user → password: the four services and the operator, who may do everything."""
        return self.notes.read()["passwords"]

    @property
    def vhosts(self) -> list[str]:
        return self.notes.read()["vhosts"]

    def url(self, user: str = OPERATOR, vhost: str = "/") -> str:
        """The address for a user (a service's name, or the operator) in a vhost."""
        notes = self.notes.read()
        return f"amqp://{user}:{notes['passwords'][user]}@127.0.0.1:{notes['port']}/{quote(vhost, safe='')}"

    def alive(self) -> bool:
        process = self.notes.process("beam")
        return process is not None and process.alive()

    def start(self) -> RabbitServer:
        """Start it, with fresh data when there is none; returns once it takes connections."""
        if not self.alive():
            self.launch()
        return self.wait_ready()

    def launch(self) -> None:
        """Start it without waiting."""
        self._prepare()
        tools = self._bin()
        with open(self.log, "a") as log:
            mapper = self.notes.process("epmd")
            if mapper is None or not mapper.alive():
                # Started by us, in the foreground: the one that Erlang starts by itself is a daemon nobody ends.
                epmd = subprocess.Popen(
                    ["epmd", "-address", "127.0.0.1", "-port", str(self.notes.read()["epmd_port"])],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.directory, env=self._environment(),
                    start_new_session=True,
                )
                self.notes.remember("epmd", epmd.pid)
                wait_until(lambda: self._listens("epmd_port"), 5)
            # `detached` makes the script replace itself by the Erlang machine: the process we start is the broker.
            beam = subprocess.Popen(
                [str(tools / "rabbitmq-server")], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.directory,
                env={**self._environment(), "detached": "1"}, start_new_session=True,
            )
        self.notes.remember("beam", beam.pid)

    def wait_ready(self, seconds: float = 120) -> RabbitServer:
        """Wait until it takes connections; listeners open after the definitions are loaded."""

        def ready() -> bool:
            if not self.alive():
                raise ServerFailed(f"RabbitMQ ended:\n{tail(self.log)}")
            return self._speaks_amqp()

        if not wait_until(ready, seconds):
            raise ServerFailed(f"RabbitMQ takes no connections after {seconds} s:\n{tail(self.log)}")
        return self

    def stop(self) -> None:
        """End it in order, and the port mapper with it."""
        if beam := self.notes.process("beam"):
            beam.end(patience=40)
        if epmd := self.notes.process("epmd"):
            epmd.end(patience=5)

    def kill(self) -> None:
        """SIGKILL to the broker and its children; the port mapper lives on, as it would."""
        if beam := self.notes.process("beam"):
            beam.kill()

    def restart(self) -> RabbitServer:
        self.stop()
        return self.start()

    def freeze(self) -> None:
        """It holds its connections and says nothing any more."""
        if beam := self.notes.process("beam"):
            beam.send(signal.SIGSTOP)

    def thaw(self) -> None:
        if beam := self.notes.process("beam"):
            beam.send(signal.SIGCONT)

    def wipe(self) -> None:
        """Stop and throw the data away; ports, passwords and definitions stay."""
        self.stop()
        shutil.rmtree(self.directory / "mnesia", ignore_errors=True)

    def add_vhost(self, name: str) -> None:
        """A vhost more, with the same users, permissions, exchange and policy; kept over a wipe."""
        self.add_vhosts([name])

    def add_vhosts(self, names: Iterable[str]) -> None:
        """Several at once: each call to the running broker costs seconds."""
        with self._writing():
            new = [name for name in names if name not in self.vhosts]
            if not new:
                return
            self.notes.update(vhosts=[*self.vhosts, *new])
            self._write_definitions()
            if self.alive():
                self.ctl("import_definitions", str(self.directory / "definitions.json"))

    def empty_vhosts(self, names: Iterable[str]) -> None:
        """Throw these vhosts away with all their queues and make them again, in two calls for any number."""
        with self._writing():
            wanted = ",".join(f'<<"{name}">>' for name in names)
            self.ctl("eval", f'[catch rabbit_vhost:delete(V, <<"{OPERATOR}">>) || V <- [{wanted}]].')
            self.ctl("import_definitions", str(self.directory / "definitions.json"))

    def ctl(self, *arguments: str, timeout: float = 90) -> str:
        """rabbitmqctl against this broker; returns what it printed. Raises ServerFailed."""
        done = subprocess.run(
            [str(self._bin() / "rabbitmqctl"), "--quiet", *arguments], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False, timeout=timeout, cwd=self.directory, env=self._environment(),
        )
        if done.returncode != 0:
            raise ServerFailed(f"rabbitmqctl {' '.join(arguments)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    # -- inside -------------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        if "port" not in self.notes.read():
            ports: set[int] = set()
            while len(ports) < 4:
                ports.add(free_port())
            self.notes.update(
                **dict(zip(("port", "dist_port", "epmd_port", "ctl_port"), ports, strict=True)),
                passwords={user: secrets.token_hex(16) for user in (*SERVICES, OPERATOR)}, vhosts=self._first_vhosts,
            )
        self._write_definitions()
        cookie = self.directory / ".erlang.cookie"
        if not cookie.exists():
            with open(os.open(cookie, os.O_WRONLY | os.O_CREAT, 0o400), "w") as file:
                file.write(secrets.token_hex(20))
        (self.directory / "enabled").write_text("[].")
        (self.directory / "none").touch()
        (self.directory / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            f"load_definitions = {self.directory / 'definitions.json'}\n"
            "vm_memory_high_watermark.absolute = 1GB\ndisk_free_limit.absolute = 50MB\n"
            "loopback_users = none\nlog.file.level = info\n"
        )

    def _write_definitions(self) -> None:
        path = self.directory / "definitions.json"
        beside = path.with_suffix(".new")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(definitions(self.vhosts, self.passwords), file)
        beside.replace(path)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with open(self.directory / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _environment(self) -> dict[str, str]:
        """Nothing of the caller's but PATH: a variable of another broker would send us to its files."""
        notes, folder = self.notes.read(), self.directory
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "HOME": str(folder),
            "RABBITMQ_NODENAME": f"yingbin{notes['port']}@localhost",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"), "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_NODE_PORT": str(notes["port"]),
            "RABBITMQ_DIST_PORT": str(notes["dist_port"]),
            "ERL_EPMD_PORT": str(notes["epmd_port"]), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"), "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
            # Two schedulers: a broker for tests need not spin on every core.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{ON_LOOPBACK} +S 2:2",
            "RABBITMQ_CTL_ERL_ARGS": f"{ON_LOOPBACK} +S 1:1",
            "RABBITMQ_CTL_DIST_PORT_MIN": str(notes["ctl_port"]),
            "RABBITMQ_CTL_DIST_PORT_MAX": str(notes["ctl_port"] + 10),
        }

    def _listens(self, which: str) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.notes.read()[which])) == 0

    def _speaks_amqp(self) -> bool:
        """Does it answer the protocol header with a method frame?"""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as probe:
                probe.settimeout(5)
                probe.sendall(b"AMQP\x00\x00\x09\x01")
                return probe.recv(1) == b"\x01"
        except OSError:
            return False

    def _bin(self) -> Path:
        if found := rabbitmq_bin():
            return found
        raise ServerFailed("RabbitMQ is not on this machine: python -m deploy.packages rabbitmq")
