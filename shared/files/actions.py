"""Bringing a file and reading it, for people of a branch."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from shared.access import action
from shared.db import current_branch
from shared.files.kinds import HEAD, KINDS, Kind, kind_of
from shared.files.model import StoredFile
from shared.files.pictures import BadPicture, drawn_anew
from shared.files.store import FileTooLarge, NoSuchFile, about, path_of, store
from shared.http.problems import Problem


@action("files.bring")
def bring(stream: BinaryIO, owner: str) -> tuple[str, Kind]:
    """Keep what somebody brought, provisionally, for the branch in scope; returns id and kind. Not in a transaction.

    Problems: 413 ``body-too-large``, 422 ``validation`` with ``file.kind``, ``file.damaged`` or ``file.pixels``.
    """
    head = stream.read(HEAD)
    stream.seek(0)
    kind = kind_of(head)
    if kind is None:
        raise Problem(422, "validation", errors=[("/file", "file.kind")])
    try:
        if kind.picture:
            if stream.seek(0, 2) > kind.limit:
                raise FileTooLarge(kind.limit)
            stream.seek(0)
            stream, kind = drawn_anew(stream, kind)
        found = store(
            stream, owner=owner, media_type=kind.media_type, limit=kind.limit, branch=current_branch()
        )
    except BadPicture as wrong:
        raise Problem(422, "validation", errors=[("/file", wrong.code)]) from None
    except FileTooLarge as wrong:
        raise Problem(413, "body-too-large", detail_params={"most": wrong.limit}) from None
    return found, kind


@action("files.read")
def read(session: Session, file_id: str) -> tuple[StoredFile, Path]:
    """A picture or document of the branch in scope, and where it lies; Problem 404.

    Lists that were imported and what jobs made are no such files: they are read at their jobs.
    """
    try:
        found = about(session, file_id)
        if found.branch_id != current_branch() or found.media_type not in KINDS:
            raise NoSuchFile(file_id)
        return found, path_of(session, file_id)
    except NoSuchFile:
        raise Problem(404, "not-found") from None
