"""Fresh databases for one test: copies of a template that was migrated once, on both kinds of database."""

from __future__ import annotations

import functools
import hashlib
import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from psycopg import sql

from deploy.servers import SERVICES, PostgresServer, RabbitServer, ServiceUrls
from tests.kit.sharing import give_back_vhost, locked, take_vhost

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPLATES_KEPT = 6


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
    """What `yingbin <service> migrate` does with these variables."""
    from shared.db.migrate import upgrade
    from shared.settings.environment import Environment

    upgrade(service, Environment.read(service, {"YINGBIN_MODE": "real", **variables}))


def template(server: PostgresServer, service: str) -> str:
    """The name of a migrated, empty database of this service on ``server``; made by whoever asks first."""
    mark = schema_mark(service)
    name = f"template_{service}_{mark}"
    if (server.directory / f"{name}.made").exists():
        return name
    with locked(server.directory / f"template-{service}.lock"), server.connect() as connection:
        known = [row[0] for row in connection.execute(
            "SELECT datname FROM pg_database WHERE datname ~ %s ORDER BY oid", [f"^(template|making)_{service}_"]
        )]
        if name not in known:
            # Of earlier code, on a server that was kept; people who work at the same time have the newest ones.
            for old in [other for other in known if other.startswith("making_")] + known[:-TEMPLATES_KEPT]:
                (server.directory / f"{old}.made").unlink(missing_ok=True)
                server.drop_database(old)
            making = f"making_{service}_{mark}"
            urls = server.create_service(service, making)
            prefix = f"YINGBIN_{service.upper()}"
            migrate(service, {
                f"{prefix}_DATABASE_URL": urls.app, f"{prefix}_GROUP_DATABASE_URL": urls.group,
                f"{prefix}_OWNER_DATABASE_URL": urls.owner, "YINGBIN_BUS_URL": "memory://",
                "DATA_DIR": str(server.directory / f"making-{service}"),
            })
            renamed = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(renamed.format(sql.Identifier(making), sql.Identifier(name)))
        (server.directory / f"{name}.made").touch()
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
