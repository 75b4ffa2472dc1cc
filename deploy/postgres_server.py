"""A private PostgreSQL of our own on a free loopback port, from the system's binaries."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.packages import postgres_bin
from deploy.processes import Notes, Recorded, ServerFailed, free_port, tail, wait_until


@dataclass(frozen=True)
class ServiceUrls:
    """The three roles of one service's database: who migrates, who serves a branch, who serves the group."""

    owner: str
    app: str
    group: str


def _ordinary_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses root; as root it runs as postgres (or nobody). None: as who we are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServerFailed("as root a user postgres or nobody is needed to run PostgreSQL")


class PostgresServer:
    """PostgreSQL in ``directory``; another process finds the same server by the same directory.

    ``auth`` is ``scram-sha-256``, or ``trust`` where the tests' connections should cost nothing. ``durable=False`` is
    for a server that is never killed and whose data is thrown away: without fsync a dropped database costs no
    checkpoint on the disk (1-6 s on a busy one).
    """

    def __init__(
        self, directory: str | Path, *, auth: str = "scram-sha-256", max_connections: int = 200, durable: bool = True
    ) -> None:
        self.directory = Path(directory).absolute()
        self.data = self.directory / "data"
        self.log = self.directory / "postgres.log"
        self.notes = Notes(self.directory / "server.json")
        self.auth, self.max_connections, self.durable = auth, max_connections, durable

    @property
    def port(self) -> int:
        return self.notes.read()["port"]

    def url(self, database: str = "postgres", user: str = "postgres", password: str | None = None) -> str:
        """An address; without a user, the superuser's."""
        notes = self.notes.read()
        known = {"postgres": notes["password"], **notes.get("roles", {})}
        return f"postgresql://{user}:{password or known[user]}@127.0.0.1:{notes['port']}/{database}"

    def alive(self) -> bool:
        process = self.notes.process("postgres")
        return process is not None and process.alive()

    def start(self) -> PostgresServer:
        """Start it, with a new cluster when there is none; returns once it answers."""
        if self.alive():
            return self.wait_ready()
        if not (self.data / "PG_VERSION").exists():
            self._new_cluster()
        user = _ordinary_user()
        with open(self.log, "a") as log:
            process = subprocess.Popen(
                [str(self._bin() / "postgres"), "-D", str(self.data)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.directory, start_new_session=True,
                **_as(user),
            )
        self.notes.remember("postgres", process.pid)
        return self.wait_ready()

    def wait_ready(self, seconds: float = 30) -> PostgresServer:
        def answers() -> bool:
            if not self.alive():
                raise ServerFailed(f"PostgreSQL ended:\n{tail(self.log)}")
            with contextlib.suppress(psycopg.OperationalError), self.connect(connect_timeout=2) as connection:
                connection.execute("SELECT 1")
                return True
            return False

        if not wait_until(answers, seconds):
            raise ServerFailed(f"PostgreSQL does not answer after {seconds} s:\n{tail(self.log)}")
        return self

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything is written."""
        if process := self.notes.process("postgres"):
            process.end(first=signal.SIGINT, patience=20)

    def kill(self) -> None:
        """SIGKILL to the postmaster and every backend: what a power cut leaves of the processes."""
        if process := self.notes.process("postgres"):
            process.kill()

    def restart(self) -> PostgresServer:
        self.stop()
        return self.start()

    def freeze(self) -> None:
        for process in self._family():
            process.send(signal.SIGSTOP)

    def thaw(self) -> None:
        for process in reversed(self._family()):
            process.send(signal.SIGCONT)

    def wipe(self) -> None:
        """Stop and throw the data away; port and passwords stay."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)

    def connect(self, database: str = "postgres", **options: object) -> psycopg.Connection:
        """A superuser's connection that commits each statement."""
        return psycopg.connect(self.url(database), autocommit=True, **options)  # type: ignore[arg-type]

    def create_service(self, name: str, database: str | None = None, *, template: str | None = None) -> ServiceUrls:
        """Database and roles of one service; roles are made once per server and shared by its databases.

        ``<name>_owner`` owns the database and migrates, ``<name>_app`` serves one branch at a time, ``<name>_group``
        the whole group. None is a superuser or passes row-level security, and only the owner owns tables.
        """
        database = database or name
        roles = ("owner", "app", "group")
        for role in roles:
            self._role(f"{name}_{role}")
        with self.connect() as connection:
            statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(database), sql.Identifier(f"{name}_owner"), sql.Identifier(template or "template0")
            )
            connection.execute(statement)
            everybody = sql.SQL(", ").join(sql.Identifier(f"{name}_{role}") for role in roles)
            named = sql.Identifier(database)
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(named))
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(named, everybody))
            # A projection is rebuilt in temporary tables, by the group's role.
            group = sql.Identifier(f"{name}_group")
            connection.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(named, group))
        return self.service_urls(name, database)

    def service_urls(self, name: str, database: str | None = None) -> ServiceUrls:
        """The addresses of a database made by ``create_service``."""
        return ServiceUrls(*(self.url(database or name, f"{name}_{role}") for role in ("owner", "app", "group")))

    def drop_database(self, database: str) -> None:
        """Throw a database away, with whoever is still connected."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    # -- inside -------------------------------------------------------------------------------------------------------

    def _role(self, role: str) -> None:
        with self.connect() as connection:
            # Two test workers may want the same role in the same moment; the lock goes with the connection.
            connection.execute("SELECT pg_advisory_lock(hashtext('roles'))")
            known = self.notes.read().get("roles", {})
            if role not in known:
                known[role] = secrets.token_hex(16)
                self.notes.update(roles=known)
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
                options = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
                statement = sql.SQL("CREATE ROLE {} " + options + " PASSWORD {}")
                connection.execute(statement.format(sql.Identifier(role), sql.Literal(known[role])))

    def _family(self) -> list[Recorded]:
        process = self.notes.process("postgres")
        return process.children() if process else []

    def _bin(self) -> Path:
        if found := postgres_bin():
            return found
        raise ServerFailed("PostgreSQL is not on this machine: python -m deploy.packages postgresql")

    def _new_cluster(self) -> None:
        user = _ordinary_user()
        self.directory.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        if user:
            self.directory.chmod(0o755)
            os.chown(self.data, user.pw_uid, user.pw_gid)
        notes = self.notes.read()
        if "port" not in notes:
            self.notes.update(port=free_port(), password=secrets.token_hex(16))
            notes = self.notes.read()
        secret = self.data.parent / "password"
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(notes["password"] + "\n")
        if user:
            os.chown(secret, user.pw_uid, user.pw_gid)
        try:
            made = subprocess.run(
                [str(self._bin() / "initdb"), "-D", str(self.data), "-U", "postgres", "-A", self.auth,
                 "--encoding=UTF8", "--locale=C", f"--pwfile={secret}"],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=self.directory, **_as(user),
            )
        finally:
            secret.unlink()
        if made.returncode != 0:
            raise ServerFailed(f"initdb in {self.data} failed (may {user.pw_name if user else 'we'} go there?):\n"
                               f"{made.stderr[-1500:]}")
        with open(self.data / "postgresql.conf", "a") as file:
            file.write(
                f"listen_addresses = '127.0.0.1'\nport = {notes['port']}\nunix_socket_directories = ''\n"
                f"max_connections = {self.max_connections}\nfsync = {'on' if self.durable else 'off'}\n"
                "synchronous_commit = on\n"
                "shared_buffers = 64MB\ntimezone = 'UTC'\nlog_timezone = 'UTC'\n"
            )


def _as(user: pwd.struct_passwd | None) -> dict:
    """Options for subprocess: run as this user, with none of our groups."""
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}
