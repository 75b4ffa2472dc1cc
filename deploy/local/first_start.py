"""What a new installation needs before it can serve: tables, the keys by which the services read each other, and
perhaps the demo group.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from deploy.local.assembling import SERVICES, Suite, introduce
from shared.access import SYSTEM, acting_as, keys
from shared.db import every_branch, transaction
from shared.db.migrate import upgrade
from shared.service import load
from shared.settings.environment import Environment


def key_file(data_dir: Path, consumer: str, source: str) -> Path:
    """Where the key lies by which ``consumer`` reads ``source`` when no variable names one."""
    return data_dir / "secrets" / f"{consumer}-reads-{source}.key"


def with_keys(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables, with the service keys that lie in DATA_DIR/secrets where none names one."""
    found = dict(os.environ if variables is None else variables)
    data_dir = Path(found.get("DATA_DIR") or "var").absolute()
    for consumer in SERVICES:
        for source in load(consumer).hears:
            name, file = f"YINGBIN_{consumer.upper()}_KEY_FOR_{source.upper()}", key_file(data_dir, consumer, source)
            if not found.get(name) and not found.get(f"{name}_FILE") and file.exists():
                found[f"{name}_FILE"] = str(file)
    return found


def environments(variables: Mapping[str, str] | None = None) -> dict[str, Environment]:
    """The settings of all four services."""
    found = with_keys(variables)
    return {name: Environment.read(name, found) for name in SERVICES}


def migrate_all(all_environments: Mapping[str, Environment]) -> None:
    """Bring the four databases to the newest schema."""
    for name, environment in all_environments.items():
        upgrade(name, environment)


def write_secret(path: Path, text: str) -> None:
    """Write a secret so that nobody else can read it, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def issue_service_keys(suite: Suite) -> None:
    """A key for every pair of consumer and source that has none: its hash at the source, the key itself in
    DATA_DIR/secrets.

    The file is written before the commit: killed in between, the next start finds a key that the source does not
    know, and issues anew.
    """
    for consumer in suite.apps:
        runtime = suite.runtime(consumer)
        known = dict(runtime.environment.service_keys)
        for source in runtime.service.hears:
            with suite.apps[source].app_context(), every_branch(), acting_as(SYSTEM), transaction() as session:
                if source in known and keys.recognise(session, known[source]) is not None:
                    continue
                scopes = [
                    "events",
                    *sorted(f"personal:{family}" for family in runtime.service.personal.get(source, ())),
                ]
                known[source] = keys.create(session, "service", scopes, label=f"{consumer} reads {source}")
                write_secret(key_file(runtime.environment.data_dir, consumer, source), known[source])
        runtime.environment = replace(runtime.environment, service_keys=known)
        introduce(runtime, suite.front_door)
