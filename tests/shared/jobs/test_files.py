"""Kept files: by their content, gone with their owner, nothing left on the disk that no row knows of."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest

from shared import clock, files
from shared.faults import armed
from tests.shared.jobs.test_running import Killed, kill
from tests.shared.jobs.toy import Toy


def keep(toy: Toy, content: bytes, owner: str = "job/1", limit: int = 1000) -> str:
    with toy.app.app_context():
        return files.store(io.BytesIO(content), owner=owner, media_type="text/csv", limit=limit)


def on_disk(toy: Toy) -> list[Path]:
    return [path for path in (toy.runtime.environment.data_dir / "files").rglob("*") if path.is_file()]


def release(toy: Toy, owner: str) -> None:
    with toy.writing() as session:
        files.release_owned(session, owner)
    with toy.app.app_context():
        files.bury()


def test_a_file_comes_back_as_it_was(toy: Toy) -> None:
    file = keep(toy, "来电".encode())
    with toy.reading() as session:
        assert files.path_of(session, file).read_bytes() == "来电".encode()
        assert (files.about(session, file).size, files.about(session, file).media_type) == (6, "text/csv")


def test_the_same_content_lies_there_once_until_its_last_owner_goes(toy: Toy) -> None:
    keep(toy, b"same", "job/1")
    second = keep(toy, b"same", "job/2")
    assert len(on_disk(toy)) == 1
    release(toy, "job/1")
    with toy.reading() as session:
        assert files.path_of(session, second).read_bytes() == b"same"
    release(toy, "job/2")
    assert on_disk(toy) == []


def test_too_large_a_file_leaves_nothing(toy: Toy) -> None:
    with pytest.raises(files.FileTooLarge):
        keep(toy, b"x" * 1001)
    assert on_disk(toy) == []
    with toy.reading() as session:
        assert session.query(files.StoredFile).count() == 0


@pytest.mark.parametrize("point", ["files.after_row", "files.before_rename"])
def test_an_upload_that_died_is_found_and_removed(toy: Toy, point: str) -> None:
    with armed(point, kill), pytest.raises(Killed):
        keep(toy, b"half")
    with toy.app.app_context():
        assert files.bury() == 0
        assert files.bury(clock.now() + timedelta(hours=7)) == 1
    assert on_disk(toy) == []


def test_a_burial_that_died_is_done_again(toy: Toy) -> None:
    keep(toy, b"gone")
    with toy.writing() as session:
        files.release_owned(session, "job/1")
    with armed("files.before_forgetting", kill), pytest.raises(Killed), toy.app.app_context():
        files.bury()
    with toy.app.app_context():
        assert files.bury() == 1
    assert on_disk(toy) == []


def test_an_upload_that_nothing_took_over_goes(toy: Toy) -> None:
    taken = keep(toy, b"a", f"{files.UPLOAD}1")
    keep(toy, b"b", f"{files.UPLOAD}2")
    with toy.writing() as session:
        files.hand_over(session, taken, "job/9")
    with toy.app.app_context():
        assert files.bury(clock.now() + timedelta(hours=7)) == 1
    with toy.reading() as session:
        assert files.path_of(session, taken).read_bytes() == b"a"
