"""What all services of an installation stand on together: the disk, certificates, the last backup."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from shared import clock
from shared.operations.backup import LAST
from shared.operations.doctor import Finding
from shared.settings.environment import Environment

LEAST_FREE_BYTES = 1 << 30
OLDEST_BACKUP = timedelta(hours=26)
_ENDS_SOON = timedelta(days=14)


def look_around(environment: Environment) -> Iterator[Finding]:
    """Everything, one after the other; what cannot even be looked at is a finding too."""
    for what, look in _LOOKS.items():
        try:
            yield from look(environment)
        except Exception as error:
            yield Finding(what, False, f"could not be looked at: {type(error).__name__}", "may we read DATA_DIR?")


def _disk(environment: Environment) -> Iterator[Finding]:
    free = shutil.disk_usage(_existing(environment.data_dir)).free
    said = f"{free / 1e9:.1f} GB free for {environment.data_dir}"
    yield Finding("disk", free >= LEAST_FREE_BYTES, said, "free some: without space nobody can check in")


def _certificates(environment: Environment) -> Iterator[Finding]:
    file = environment.data_dir / "tls" / "server.pem"
    if environment.lan or file.exists():
        ends = x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
        left = ends - clock.now()
        yield Finding(
            "certificate", left > _ENDS_SOON, f"good until {ends:%Y-%m-%d}", "start again with LAN=1: that renews it"
        )


def _backup(environment: Environment) -> Iterator[Finding]:
    if environment.demo:
        return
    note, advice = environment.data_dir / LAST, "yingbin backup FOLDER, every night"
    if not note.exists():
        yield Finding("backup", False, "none was ever made", advice)
        return
    last = json.loads(note.read_text(encoding="utf-8"))
    age = clock.now() - clock.parse(last["made_at"])
    said = f"the last one is {age.total_seconds() / 3600:.0f} h old: {last['folder']}"
    yield Finding("backup", age < OLDEST_BACKUP, said, advice)


def _existing(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())


_LOOKS: dict[str, Callable[[Environment], Iterator[Finding]]] = {
    "disk": _disk, "certificate": _certificates, "backup": _backup,
}  # fmt: skip
