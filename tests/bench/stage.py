"""What bars are measured on: private servers, fresh databases with the four services, and a way back to the start."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.packages import rabbitmq_bin
from deploy.servers import PostgresServer, RabbitServer
from services.reception.branches import actions as branches
from tests.bench import report
from tests.kit import databases
from tests.kit.databases import RealUrls
from tests.kit.house import House, build
from tests.kit.sharing import Run

# One kiosk in each: eight connections are eight front doors, as in a group.
BRANCHES = tuple(f"bench-{letter}" for letter in "abcdefgh")


class Stage:
    """The servers of one run; they are started when a bar asks for them and ended with the run."""

    def __init__(self) -> None:
        self.run = Run(f"bench-{uuid.uuid4().hex[:8]}")

    def __enter__(self) -> Stage:
        self.run.own()
        return self

    def __exit__(self, *_: object) -> None:
        self.run.end()

    @cached_property
    def postgres(self) -> PostgresServer:
        """Every commit carries its time (all bars alike): B4 reads from it when a fact was there."""
        server = self.run.postgres()
        with server.connect() as connection:
            if connection.execute("SHOW track_commit_timestamp").fetchone()[0] == "on":   # a server that was kept
                return server
            connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        return server.restart()

    @cached_property
    def broker(self) -> RabbitServer:
        return self.run.broker()

    def folder(self, name: str) -> Path:
        """An empty folder, gone with the run."""
        folder = self.run.directory / f"{name}-{uuid.uuid4().hex[:6]}"
        folder.mkdir()
        return folder

    def machine(self) -> dict[str, object]:
        found = {}
        if "postgres" in self.__dict__:
            with self.postgres.connect() as connection:
                found["postgresql"] = connection.execute("SHOW server_version").fetchone()[0]
        if "broker" in self.__dict__:
            asked = [str(rabbitmq_bin() / "rabbitmqctl"), "version"]
            found["rabbitmq"] = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
        return report.machine(**found)

    @contextmanager
    def ground(self) -> Iterator[Ground]:
        """Four fresh databases and an empty vhost, with branches open and known everywhere."""
        urls = databases.fresh(self.postgres, self.broker)
        try:
            house = build("real", urls.variables(), self.folder("data"))
            try:
                yield Ground(self, urls, house)
            finally:
                house.suite.close()
        finally:
            databases.give_back(self.postgres, urls)


class Ground:
    """One set of databases and a vhost with the four services on it, at rest."""

    def __init__(self, stage: Stage, urls: RealUrls, house: House) -> None:
        self.stage, self.urls, self.house = stage, urls, house
        with house.at("reception"):
            for letter, code in zip("ABCDEFGH", BRANCHES, strict=True):
                branches.open_branch(code=code, name=code, letter=letter)
        house.consume()   # every consumer's queue is there before the first fact
        house.settle()
        self.rest()

    def rest(self) -> None:
        """Nobody holds a queue or the relay's lock: a bar brings its own relay and consumers."""
        for name, worker in self.house.workers.items():
            with self.house.app(name).app_context():
                worker.relay.publisher.drop()
                if worker.relay.active:
                    worker.relay.lock.release()
                    worker.relay.active = False
                for consumer in worker.consumers:
                    consumer.close()

    def connect(self, service: str) -> psycopg.Connection:
        """A superuser in the database of ``service``, committing each statement."""
        return self.stage.postgres.connect(self.urls.names[service])

    def keep(self, service: str) -> Kept:
        """Remember all rows of one service."""
        return Kept(self.connect(service))


class Kept:
    """All rows of a database at one moment, put back as often as wanted: every round begins with the same tables."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        self.tables: Sequence[sql.Identifier] = [sql.Identifier(row[0]) for row in found]
        connection.execute("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept; SET search_path = public")
        # Foreign keys hold already in what was kept.
        connection.execute("SET session_replication_role = replica")
        for table in self.tables:
            connection.execute(sql.SQL("CREATE TABLE kept.{0} AS TABLE public.{0}").format(table))

    def put_back(self) -> None:
        """Empty every table and fill it again with what was there."""
        with self.connection.transaction():
            self.connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(self.tables)))
            for table in self.tables:
                self.connection.execute(
                    sql.SQL("INSERT INTO public.{0} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{0}").format(table)
                )
        # Left from the round before: a checkpoint in the middle of a figure would be another's bill.
        self.connection.execute("CHECKPOINT")
