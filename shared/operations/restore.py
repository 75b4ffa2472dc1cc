"""``yingbin restore DIR``: an installation, or one service of it, as a backup knows it, living a new epoch.

Whoever heard more than the backup holds finds out by the epoch: what it applied beyond is listed as orphans, its
projections are built anew, its reactions do not act a second time.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from shared import clock
from shared.db.migrate import migrations_of, upgrade
from shared.operations import snapshots
from shared.operations.backup import PRIVATE, digest, read_manifest, readers_first
from shared.operations.serving import InUse, alone
from shared.operations.snapshots import CannotSave
from shared.settings.environment import Environment


def restore(
    environments: Mapping[str, Environment], folder: Path, services: Iterable[str] = (), *, replace: bool = False
) -> list[str]:
    """Bring ``services`` (all of the backup when none is named) back; returns their names. CannotSave, InUse.

    Nothing is touched before everything was looked at. ``replace``: what stands there is put aside (SQLite: into
    ``DATA_DIR/replaced-<time>``) or overwritten (PostgreSQL).
    """
    manifest = read_manifest(folder)
    wanted = readers_first(services or manifest["services"])
    data_dir = next(iter(environments.values())).data_dir
    with ExitStack() as stack:
        stack.enter_context(alone(data_dir))
        _look(environments, manifest, folder, wanted, replace)
        aside = data_dir / f"replaced-{clock.now():%Y%m%dT%H%M%S}"
        # Sources last: a stop in between leaves readers behind their sources, never before them.
        for name in wanted:
            snapshots.bring_back(environments[name], folder / manifest["services"][name]["file"], aside)
            upgrade(name, environments[name])
            _bring_files(folder / "files" / name, data_dir / "files" / name)
        whole = set(wanted) >= set(manifest["services"])
        for part in PRIVATE:
            _bring_private(folder / "private" / part, data_dir / part, aside, replace and whole)
    return wanted


def _look(
    environments: Mapping[str, Environment], manifest: Mapping[str, Any], folder: Path, wanted: list[str], replace: bool
) -> None:
    for name in wanted:
        told = manifest["services"].get(name)
        if told is None:
            raise CannotSave(f"{folder} holds no {name}")
        if told["kind"] != snapshots.kind(environments[name]):
            raise CannotSave(f"{name} was saved from {told['kind']} and can only go back there")
        known = {script.revision for script in migrations_of(name).script.walk_revisions()}
        if told["revision"] not in known:
            raise CannotSave(f"{name} was saved by a later release (schema {told['revision']}): install that one first")
        if served := snapshots.served(environments[name]):
            raise InUse(f"{name}: {served} connections of the running product; stop it first")
        standing = snapshots.occupied(environments[name])
        if standing and not replace:
            raise CannotSave(f"{standing} is there already; --replace puts the backup in its place")
    for item in manifest["content"]:
        part, _, rest = item["path"].partition("/")
        if part in ("databases", "files") and rest.split("/")[0].split(".")[0] not in wanted:
            continue
        file = folder / item["path"]
        if not file.is_file() or digest(file) != (item["sha256"], item["size"]):
            raise CannotSave(f"{item['path']} of the backup is missing or damaged; take another backup")


def _bring_files(saved: Path, place: Path) -> None:
    """Files are named by their content: one that is there is the right one."""
    for file in saved.rglob("*") if saved.is_dir() else ():
        target = place / file.relative_to(saved)
        if file.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            beside = target.with_name(f".{target.name}.restoring")
            shutil.copyfile(file, beside)
            beside.chmod(0o600)
            beside.rename(target)


def _bring_private(saved: Path, place: Path, aside: Path, replace: bool) -> None:
    if not saved.exists() or (place.exists() and not replace):
        return
    if place.exists():
        aside.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.rename(aside / place.name)
    if saved.is_dir():
        shutil.copytree(saved, place)
        place.chmod(0o700)
    else:
        shutil.copy2(saved, place)
