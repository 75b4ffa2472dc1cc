"""``yingbin backup DIR``: databases, files and keys of an installation in one folder that proves itself whole.

It is taken while the house runs. Services that hear others are saved before those they hear: then no cursor in the
backup stands beyond the log that it reads.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from shared import clock
from shared.operations import snapshots
from shared.operations.snapshots import CannotSave
from shared.service import load
from shared.settings.environment import Environment

FORMAT = 1
MANIFEST = "manifest.json"
LAST = "last-backup.json"
# What lies in DATA_DIR beside databases and files: keys of services and tokens, the local network's certificates.
PRIVATE = ("secrets", "tls", "demo-credentials.json")


def back_up(environments: Mapping[str, Environment], target: Path) -> dict[str, Any]:
    """Write a backup of these services to ``target``, which must not exist; returns its manifest. CannotSave.

    It is made beside and moved into place: a folder of that name is a whole backup.
    """
    target = target.absolute()
    if target.exists():
        raise CannotSave(f"{target} exists: name a new folder")
    data_dir = next(iter(environments.values())).data_dir
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    beside.mkdir(mode=0o700)
    try:
        manifest = _write(environments, data_dir, beside)
        for written in [*beside.rglob("*"), beside]:
            _to_disk(written)
        beside.rename(target)
        _to_disk(target.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    _remember(data_dir, manifest, target)
    return manifest


def readers_first(services: Iterable[str]) -> list[str]:
    """Each service before those that it hears, as far as they do not hear each other."""
    left, ordered = set(services), []
    while left:
        unheard = {name for name in left if not any(name in load(other).hears for other in left - {name})}
        for name in sorted(unheard or {min(left)}):
            ordered.append(name)
            left.discard(name)
    return ordered


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a backup. CannotSave when it is none, or one of a later format."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise CannotSave(f"{folder} is not a whole backup: it has no {MANIFEST}") from None
    if manifest.get("format") != FORMAT:
        raise CannotSave(f"{folder} was made by another release (format {manifest.get('format')})")
    return manifest


def digest(path: Path) -> tuple[str, int]:
    """SHA-256 and size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def _write(environments: Mapping[str, Environment], data_dir: Path, folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "made_at": clock.wire(clock.now()),
        "build": next(iter(environments.values())).build,
        "services": {},
        "missing": [],
    }
    (folder / "databases").mkdir(mode=0o700)
    for name in readers_first(environments):
        environment = environments[name]
        kind = snapshots.kind(environment)
        file = folder / "databases" / f"{name}.{'db' if kind == 'sqlite' else 'dump'}"
        stood = snapshots.save(environment, file)
        manifest["services"][name] = {"kind": kind, "file": file.relative_to(folder).as_posix(), **stood}
        manifest["missing"] += _keep_files(environment, file, folder)
    for part in PRIVATE:
        if (data_dir / part).is_dir():
            shutil.copytree(data_dir / part, folder / "private" / part)
        elif (data_dir / part).is_file():
            (folder / "private").mkdir(exist_ok=True)
            shutil.copy2(data_dir / part, folder / "private" / part)
    if (folder / "private").exists():
        (folder / "private").chmod(0o700)
    manifest["content"] = [
        {"path": path.relative_to(folder).as_posix(), "sha256": found[0], "size": found[1]}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (found := digest(path))
    ]
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / MANIFEST).chmod(0o600)
    return manifest


def _keep_files(environment: Environment, saved: Path, folder: Path) -> list[str]:
    """Copy the files that the saved rows name; returns those that are not there (given up while we copied)."""
    missing = []
    for sha256 in _named(environment, saved):
        name = f"{environment.service}/{sha256[:2]}/{sha256}"
        copy = folder / "files" / name
        copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            shutil.copy2(environment.data_dir / "files" / name, copy)
        except FileNotFoundError:
            missing.append(name)
    return missing


def _named(environment: Environment, saved: Path) -> Iterator[str]:
    wanted = "SELECT DISTINCT sha256 FROM stored_file WHERE state = 'ready' ORDER BY sha256"
    if snapshots.kind(environment) == "sqlite":
        with closing(sqlite3.connect(f"file:{saved}?mode=ro", uri=True)) as connection:
            yield from (row[0] for row in connection.execute(wanted).fetchall())
        return
    # The dump cannot be asked; what is named now was named then, or came later and does no harm.
    import psycopg

    address = make_url(environment.owner_database_url or "").set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
        yield from (row[0] for row in connection.execute(wanted).fetchall())


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remember(data_dir: Path, manifest: Mapping[str, Any], target: Path) -> None:
    """For the doctor, who looks how old the last one is."""
    beside = data_dir / f".{LAST}.{secrets.token_hex(4)}"
    beside.write_text(json.dumps({"made_at": manifest["made_at"], "folder": str(target)}), encoding="utf-8")
    beside.replace(data_dir / LAST)
