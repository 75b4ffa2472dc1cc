"""Keeping files: the row first, the bytes by their content, both gone when their owner goes.

A file lies under ``DATA_DIR/files/<service>/``: ``incoming/<id>`` while it comes in, ``<sha256>`` afterwards. At each
moment a committed row names the path, so a crash leaves nothing on the disk that ``bury`` would not find.
"""

from __future__ import annotations

import hashlib
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from shared.db import database_now, reader, transaction
from shared.faults import fp
from shared.files.model import READY, RELEASED, WRITING, StoredFile
from shared.ids import uuid7
from shared.runtime import runtime

_BLOCK = 1 << 16
# An upload that stands unfinished for so long, or that nothing took over, died with its process.
_ABANDONED_AFTER = timedelta(hours=6)
UPLOAD = "upload/"


class FileTooLarge(ValueError):
    """More bytes than the caller allows. ``limit`` is in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class NoSuchFile(LookupError):
    """No file with this id, or it was released."""


def _root() -> Path:
    here = runtime()
    return Path(here.environment.data_dir) / "files" / here.service.name


def _incoming(file_id: str) -> Path:
    return _root() / "incoming" / file_id


def _kept(sha256: str) -> Path:
    return _root() / sha256[:2] / sha256


def store(stream: BinaryIO, *, owner: str, media_type: str, limit: int, branch: str | None = None) -> str:
    """Keep the bytes of ``stream`` for ``owner`` ("job/<id>"); returns the file's id. Not inside a transaction.

    An owner that begins with ``upload/`` is provisional: within hours somebody calls ``hand_over``, or the file goes.
    Raises FileTooLarge beyond ``limit`` bytes, and then nothing stays. The name a person gave the file is not kept.
    """
    file_id = uuid7()
    with transaction() as session:
        session.add(
            StoredFile(
                id=file_id, owner=owner, branch_id=branch, media_type=media_type, state=WRITING,
                created_at=database_now(session),
            )
        )  # fmt: skip
    fp("files.after_row")
    try:
        size, sha256 = _write(stream, _incoming(file_id), limit)
        with transaction() as session:
            _set(session, file_id, size=size, sha256=sha256)
        fp("files.before_rename")
        with transaction() as session:
            _hold(session, sha256)
            _set(session, file_id, state=READY)
            target = _kept(sha256)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(_incoming(file_id), target)
    except Exception:
        with transaction() as session:
            _set(session, file_id, state=RELEASED)
        bury()
        raise
    return file_id


def _write(stream: BinaryIO, path: Path, limit: int) -> tuple[int, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > limit:
                raise FileTooLarge(limit)
            digest.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return size, digest.hexdigest()


def _set(session: Session, file_id: str, **values: object) -> None:
    changed = update(StoredFile).where(StoredFile.id == file_id).values(**values)
    if not _changed(session, changed):
        raise NoSuchFile(file_id)


def _changed(session: Session, statement: Any) -> int:
    done: Any = session.execute(statement.execution_options(synchronize_session=False))
    return done.rowcount


def _hold(session: Session, sha256: str) -> None:
    # Whoever puts a content in its place and whoever takes it away go one after the other: else a file stored while its
    # twin is buried would be lost. On SQLite the write transaction itself is that lock.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(int(sha256[:15], 16))))


def path_of(session: Session, file_id: str) -> Path:
    """Where a kept file lies, for reading. Raises NoSuchFile."""
    ready = select(StoredFile.sha256).where(StoredFile.id == file_id, StoredFile.state == READY)
    found = session.execute(ready).scalar()
    if found is None or not _kept(found).is_file():
        raise NoSuchFile(file_id)
    return _kept(found)


def about(session: Session, file_id: str) -> StoredFile:
    """The row of a kept file. Raises NoSuchFile."""
    found = session.execute(select(StoredFile).where(StoredFile.id == file_id, StoredFile.state == READY)).scalar()
    if found is None:
        raise NoSuchFile(file_id)
    return found


def hand_over(session: Session, file_id: str, owner: str) -> None:
    """Give a file another owner, in the caller's transaction."""
    _set(session, file_id, owner=owner)


def release_owned(session: Session, owner: str) -> int:
    """Let go of all files of ``owner`` in the caller's transaction (erasure, expiry); ``bury`` then frees the disk.

    Returns how many. From the commit on nobody can read them any more.
    """
    changed = update(StoredFile).where(StoredFile.owner == owner, StoredFile.state != RELEASED).values(state=RELEASED)
    return _changed(session, changed)


def remove_orphans(now: datetime | None = None) -> int:
    """Remove contents that no row knows of: what a database that was restored has forgotten. Returns how many.

    Young ones stay, whoever wrote them may be about to commit.
    """
    with reader() as session:
        old = (now or database_now(session)) - _ABANDONED_AFTER
    gone = 0
    for path in sorted(_root().glob("*/*")):
        if path.is_file() and path.stat().st_mtime < old.timestamp():
            with transaction() as session:
                _hold(session, path.name if path.parent.name != "incoming" else "0")
                known = select(func.count()).where((StoredFile.sha256 == path.name) | (StoredFile.id == path.name))
                if not session.execute(known).scalar_one():
                    path.unlink(missing_ok=True)
                    gone += 1
    return gone


def bury(now: datetime | None = None) -> int:
    """Remove released and abandoned files from the disk and their rows; safe to repeat. Returns how many rows went."""
    with transaction() as session:
        old = (now or database_now(session)) - _ABANDONED_AFTER
        unfinished = (StoredFile.state == WRITING) | StoredFile.owner.startswith(UPLOAD)
        over = (StoredFile.state == RELEASED) | (unfinished & (StoredFile.created_at < old))
        gone = session.execute(select(StoredFile.id, StoredFile.sha256).where(over).limit(500)).all()
    for file_id, sha256 in gone:
        with transaction() as session:
            if sha256 is not None:
                _hold(session, sha256)
                twins = select(func.count()).where(
                    StoredFile.sha256 == sha256, StoredFile.id != file_id, StoredFile.state != RELEASED
                )
                if not session.execute(twins).scalar_one():
                    _kept(sha256).unlink(missing_ok=True)
            _incoming(file_id).unlink(missing_ok=True)
            fp("files.before_forgetting")
            gone_row = delete(StoredFile).where(StoredFile.id == file_id)
            session.execute(gone_row.execution_options(synchronize_session=False))
    return len(gone)
