"""The product as separate processes on one machine: four web, four worker, nginx in front, until TERM.

It runs on the PostgreSQL and RabbitMQ that `--env-file` addresses, or with `--with-servers` on private ones of its own.
A process that ends by itself is started again. Everything it writes lies in `--data-dir`; every process is found again
by its recorded id, also by `stop` after this program itself was killed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path

from dotenv import dotenv_values
from fleet import Fleet
from front import unprivileged, write_configuration

from deploy.packages import NEEDS, missing, nginx_bin
from deploy.processes import Notes, ServerFailed, free_port, tail, wait_until
from deploy.servers import SERVICES, PostgresServer, RabbitServer


class Host:
    """One installation in ``data_dir``."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.data_dir = Path(options.data_dir).absolute()
        self.notes = Notes(self.data_dir / "run" / "host.json")
        self.fleet = Fleet(self.data_dir / "run", self.data_dir / "log")
        self.postgres = PostgresServer(self.data_dir / "servers" / "postgres", max_connections=300)
        self.broker = RabbitServer(self.data_dir / "servers" / "rabbitmq")

    # -- the three commands -------------------------------------------------------------------------------------------

    def start(self) -> int:
        """Everything up, then watch until TERM."""
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        if self._host_lives():
            raise ServerFailed(f"it already runs in {self.data_dir}: {sys.argv[0]} status")
        absent = missing(["nginx", *(["postgresql", "rabbitmq"] if self.options.with_servers else [])])
        if absent:
            raise ServerFailed(f"missing: {', '.join(absent)} (apt-get install "
                               f"{' '.join(p for name in absent for p in NEEDS[name][1])})")
        (self.data_dir / "run").mkdir(parents=True, exist_ok=True)
        self.fleet.end()   # what a killed predecessor left
        self.notes.remember("host", os.getpid())
        try:
            self._bring_up(stopping)
            while not stopping.wait(0.5):
                self.fleet.look_after()
        finally:
            self._bring_down()
        return 0

    def stop(self) -> int:
        """End a running installation, or what is left of one."""
        host = self.notes.process("host")
        if host is not None and host.alive():
            host.end(patience=90)
        self._bring_down()
        return 0

    def status(self) -> int:
        """Which processes live; 0 when all do."""
        lives = self._host_lives()
        print(f"{'up  ' if lives else 'down'} {self.notes.read().get('address', '')}")
        processes = self.fleet.processes()
        for name, process in processes.items():
            print(f"{'up  ' if process.alive() else 'down'} {name:<22} {process.pid}")
        return 0 if lives and processes and all(process.alive() for process in processes.values()) else 1

    # -- inside -------------------------------------------------------------------------------------------------------

    def _bring_up(self, stopping: threading.Event) -> None:
        variables = self._variables()
        ports = self.notes.read()["ports"]
        self.fleet.run("prepare", [sys.executable, str(Path(__file__).with_name("prepare.py"))], variables, timeout=300)
        variables |= self._service_keys()
        for service in SERVICES:
            # One folder for the counters of a service's web and worker processes: its /metrics shows both.
            own = {**variables, "PORT": str(ports[service]),
                   "PROMETHEUS_MULTIPROC_DIR": str(self._fresh_folder(f"metrics/{service}"))}
            for role in ("web", "worker"):
                self.fleet.keep(f"{service}-{role}", [sys.executable, "-m", "deploy.cli", service, role], own)
        configuration = write_configuration(self._front_folder(), self.options.port, ports, self.options.listen)
        self.fleet.keep(
            "nginx", [str(nginx_bin()), "-e", "stderr", "-p", str(configuration.parent), "-c", str(configuration)],
            {}, user=unprivileged(),
        )
        address = f"http://127.0.0.1:{self.options.port}"
        self._wait_ready(address, stopping)
        if not stopping.is_set():
            self.notes.update(address=address)
            count = len(self.fleet.processes())
            print(f"迎宾 Yingbin  {address}/  ({count} processes, data in {self.data_dir})", flush=True)

    def _bring_down(self) -> None:
        self.fleet.end()
        if self.options.with_servers or self.postgres.alive() or self.broker.alive():
            self.broker.stop()
            self.postgres.stop()
        if front := self.notes.read().get("front"):
            shutil.rmtree(front, ignore_errors=True)
            self.notes.update(front=None)

    def _host_lives(self) -> bool:
        host = self.notes.process("host")
        return host is not None and host.pid != os.getpid() and host.alive()

    def _variables(self) -> dict[str, str]:
        """What the services are told: the env file over our own environment, and what only this script knows."""
        inherited = {name: value for name, value in os.environ.items() if name not in ("PORT", "DATA_DIR")}
        variables = {**inherited, **self._from_file()}
        if self.options.with_servers:
            variables |= self._private_servers()
        variables["DATA_DIR"] = str(self.data_dir)
        variables["YINGBIN_MODE"] = "demo" if self.options.demo else variables.get("YINGBIN_MODE", "real")
        variables.setdefault("YINGBIN_THREADS", "8")
        variables["PYTHONUNBUFFERED"] = "1"   # what a process says is in its log when it dies
        known = self.notes.read().get("ports", {})
        ports = {service: known.get(service) or free_port() for service in SERVICES}
        self.notes.update(ports=ports)
        for service in SERVICES:
            prefix = f"YINGBIN_{service.upper()}"
            if not (variables.get(f"{prefix}_DATABASE_URL") or variables.get(f"{prefix}_DATABASE_URL_FILE")):
                raise ServerFailed(f"{prefix}_DATABASE_URL must name a PostgreSQL: --env-file or --with-servers")
            variables[f"{prefix}_FEED_URL"] = f"http://127.0.0.1:{ports[service]}"
        return variables

    def _from_file(self) -> dict[str, str]:
        if not self.options.env_file:
            return {}
        path = Path(self.options.env_file)
        if not path.is_file():
            raise ServerFailed(f"no file {path}")
        return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value is not None}

    def _private_servers(self) -> dict[str, str]:
        if not self.broker.alive():
            self.broker.launch()   # takes about 10 s; PostgreSQL comes up meanwhile
        self.postgres.start()
        with self.postgres.connect() as connection:
            there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        variables: dict[str, str] = {}
        for service in SERVICES:
            urls = self.postgres.service_urls(service) if service in there else self.postgres.create_service(service)
            prefix = f"YINGBIN_{service.upper()}"
            variables |= {
                f"{prefix}_DATABASE_URL": urls.app, f"{prefix}_GROUP_DATABASE_URL": urls.group,
                f"{prefix}_OWNER_DATABASE_URL": urls.owner, f"{prefix}_BUS_URL": self.broker.url(service),
            }
        self.broker.wait_ready()
        return variables

    def _service_keys(self) -> dict[str, str]:
        """The keys that preparing put into DATA_DIR/secrets, as variables of the consumers."""
        found = {}
        for file in (self.data_dir / "secrets").glob("*-reads-*.key"):
            consumer, _, source = file.stem.partition("-reads-")
            found[f"YINGBIN_{consumer.upper()}_KEY_FOR_{source.upper()}_FILE"] = str(file)
        return found

    def _front_folder(self) -> Path:
        """Where nginx reads and writes. As root it runs as somebody who may not look into our data, so it has a
        folder elsewhere."""
        if unprivileged() is None:
            return self.data_dir / "nginx"
        folder = tempfile.mkdtemp(prefix="yingbin-nginx-")
        self.notes.update(front=folder)
        return Path(folder)

    def _fresh_folder(self, name: str) -> Path:
        folder = self.data_dir / "run" / name
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.glob("*.db"):
            file.unlink(missing_ok=True)
        return folder

    def _wait_ready(self, address: str, stopping: threading.Event) -> None:
        waiting = list(SERVICES)

        def ready() -> bool:
            self.fleet.look_after()
            if fallen := self.fleet.never_stood():
                raise ServerFailed(f"{fallen} does not stay up:\n{tail(self.fleet.log_of(fallen))}")
            while waiting and not stopping.is_set():
                if not _answers(f"{address}/{waiting[0]}/readyz"):
                    return False
                waiting.pop(0)
            return True

        if not wait_until(ready, 90, pause=0.1):
            log = self.fleet.log_of(f"{waiting[0]}-web")
            raise ServerFailed(f"{waiting[0]} is not ready:\n{tail(log)}\n{tail(self.fleet.log_of('nginx'), 3)}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="deploy/single-host/start", description=__doc__.split("\n")[0])
    parser.add_argument("command", choices=("start", "stop", "status"), help=argparse.SUPPRESS)
    data_dir = os.environ.get("DATA_DIR") or "var/single-host"
    parser.add_argument("--data-dir", default=data_dir, help="everything it writes")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000), help="the one address")
    parser.add_argument("--listen", default="127.0.0.1", help="the address nginx listens on")
    parser.add_argument("--env-file", help="addresses of PostgreSQL and RabbitMQ (single-host.env.example)")
    parser.add_argument("--with-servers", action="store_true", help="start a private PostgreSQL and RabbitMQ")
    parser.add_argument("--demo", action="store_true", help="an invented group with known passwords; loopback only")
    options = parser.parse_args(arguments)
    if options.demo and options.listen != "127.0.0.1":
        parser.error("--demo has known passwords: loopback only")
    host = Host(options)
    try:
        return {"start": host.start, "stop": host.stop, "status": host.status}[options.command]()
    except ServerFailed as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
