"""Who works on a data directory: everything that serves holds it together, a restore holds it alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FILE = "serving.lock"


class InUse(RuntimeError):
    """Somebody works on this data directory who must not be disturbed."""


def hold(data_dir: Path) -> int:
    """Serve from ``data_dir`` until this process and its children end; InUse while a restore is under way.

    The system lets go of the lock itself, so a killed server never leaves one behind.
    """
    return _lock(data_dir, fcntl.LOCK_SH, "a restore is under way here")


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Nobody serves from ``data_dir`` while the block runs; InUse when somebody does."""
    held = _lock(data_dir, fcntl.LOCK_EX, "the product runs here: stop it first")
    try:
        yield
    finally:
        os.close(held)


def _lock(data_dir: Path, kind: int, said: str) -> int:
    data_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(data_dir / _FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise InUse(f"{data_dir}: {said}") from None
    return descriptor
