"""Fresh databases for one test: copies of a template that was migrated once, on both kinds of database."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from psycopg import sql

from deploy.servers import SERVICES, PostgresServer, RabbitServer, ServiceUrls
from tests.kit.sharing import give_back_vhost, locked, take_vhost

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class RealUrls:
    """Four databases and a vhost of one test."""

    databases: dict[str, ServiceUrls]
    bus: dict[str, str]
    vhost: str
    broker: RabbitServer
    names: dict[str, str] = field(default_factory=dict)

    def variables(self) -> dict[str, str]:
        """The same as the environment variables that a service reads."""
        found = {}
        for service, urls in self.databases.items():
            prefix = f"YINGBIN_{service.upper()}"
            found |= {
                f"{prefix}_DATABASE_URL": urls.app,
                f"{prefix}_GROUP_DATABASE_URL": urls.group,
                f"{prefix}_OWNER_DATABASE_URL": urls.owner,
                f"{prefix}_BUS_URL": self.bus[service],
            }
        return found


@functools.cache
def schema_mark(service: str) -> str:
    """A mark that changes with everything a migrated database of this service depends on."""
    files = [
        *REPOSITORY.glob(f"services/{service}/**/migrations/**/*.py"),
        *REPOSITORY.glob(f"services/{service}/**/model.py"),
        *REPOSITORY.glob("shared/**/model.py"), *REPOSITORY.glob("shared/**/tables.py"),
        *REPOSITORY.glob("shared/db/*.py"),
    ]
    mark = hashlib.sha256()
    for file in sorted(set(files)):
        mark.update(f"{file.relative_to(REPOSITORY)}\0".encode() + file.read_bytes())
    return mark.hexdigest()[:10]


def migrate(service: str, variables: dict[str, str]) -> None:
    """`yingbin <service> migrate` with these variables, in a process of its own. Raises with what it printed."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("YINGBIN_")}
    done = subprocess.run(
        [sys.executable, "-c", "from deploy.cli import main; main()", service, "migrate"],
        env={**inherited, "YINGBIN_MODE": "real", **variables}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False, timeout=120, cwd=REPOSITORY,
    )
    if done.returncode != 0:
        raise RuntimeError(f"migrating {service} failed:\n{done.stdout[-1500:]}\n{done.stderr[-4000:]}")


def template(server: PostgresServer, service: str) -> str:
    """The name of a migrated, empty database of this service on ``server``; made by whoever asks first."""
    name = f"template_{service}_{schema_mark(service)}"
    with locked(server.directory / f"template-{service}.lock"), server.connect() as connection:
        known = [row[0] for row in connection.execute(
            "SELECT datname FROM pg_database WHERE datname ~ %s", [f"^(template|making)_{service}_"]
        )]
        if name in known:
            return name
        for old in known:   # of earlier code, on a server that was kept
            server.drop_database(old)
        making = f"making_{service}_{schema_mark(service)}"
        urls = server.create_service(service, making)
        prefix = f"YINGBIN_{service.upper()}"
        migrate(service, {
            f"{prefix}_DATABASE_URL": urls.app, f"{prefix}_GROUP_DATABASE_URL": urls.group,
            f"{prefix}_OWNER_DATABASE_URL": urls.owner, "DATA_DIR": str(server.directory / f"making-{service}"),
        })
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(making), sql.Identifier(name)
        ))
    return name


def fresh(server: PostgresServer, broker: RabbitServer, services: tuple[str, ...] = SERVICES) -> RealUrls:
    """Databases of their own and an empty vhost; give them back with ``give_back``."""
    mark = uuid.uuid4().hex[:8]
    names = {service: f"{service}_{mark}" for service in services}
    databases = {
        service: server.create_service(service, name, template=template(server, service))
        for service, name in names.items()
    }
    vhost = take_vhost(broker)
    bus = {service: broker.url(service, vhost) for service in services}
    return RealUrls(databases, bus, vhost, broker, names)


def give_back(server: PostgresServer, urls: RealUrls) -> None:
    """Drop the databases; the vhost is emptied later."""
    for name in urls.names.values():
        server.drop_database(name)
    give_back_vhost(urls.broker, urls.vhost)


def sqlite_files(templates: Path, directory: Path, services: tuple[str, ...] = SERVICES) -> dict[str, str]:
    """Fresh migrated SQLite files in ``directory`` as variables; ``templates`` is a folder shared by the run."""
    variables = {}
    for service in services:
        made = templates / f"{service}-{schema_mark(service)}.db"
        with locked(templates / f"{service}.lock"):
            if not made.exists():
                making = templates / f"making-{service}"
                shutil.rmtree(making, ignore_errors=True)
                making.mkdir()
                address = f"sqlite:///{making / 'new.db'}"
                migrate(service, {f"YINGBIN_{service.upper()}_DATABASE_URL": address, "DATA_DIR": str(making)})
                # The last connection closed: what stood in the WAL is in the file.
                (making / "new.db").replace(made)
        directory.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made, directory / f"{service}.db")
        variables[f"YINGBIN_{service.upper()}_DATABASE_URL"] = f"sqlite:///{directory / f'{service}.db'}"
    return variables
