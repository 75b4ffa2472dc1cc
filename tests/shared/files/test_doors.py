"""Pictures and documents over HTTP: told by content, made anew, of one's branch only, nothing half kept."""

from __future__ import annotations

import io
import os
import struct
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from services.reception.customers import forget
from services.reception.visits.model import Visit
from shared import clock, files
from shared.faults import armed
from shared.files import pictures
from shared.files.model import READY, StoredFile
from shared.ids import uuid7
from tests.reception.door import BEIJING, SHANGHAI, kiosk, staff, ticket
from tests.shared.jobs.test_running import Killed, kill

FILES = "/reception/api/v1/files"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def photo(form: str = "JPEG", size: tuple[int, int] = (40, 20), **more) -> bytes:
    """A picture with everything that a camera tells of its owner."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F], exif[0x9286], exif[0x0112] = "Camera of Ouyang", "at 31.23 N", 6
    Image.new("RGB", size, "teal").save(out, form, exif=exif, **more)
    return out.getvalue()


def bring(house, content: bytes, headers=None, name="../../etc/passwd.php", key=None):
    headers = headers or staff(house)
    return house.client("reception").post(
        FILES, data={"file": (io.BytesIO(content), name, "text/html")},
        headers={**headers, "Idempotency-Key": key or uuid7()},
    )  # fmt: skip


def rows(house) -> list[StoredFile]:
    with house.reading("reception") as session:
        return list(session.scalars(select(StoredFile)))


def on_disk(house) -> list[Path]:
    return [path for path in (house.runtime("reception").environment.data_dir / "files").rglob("*") if path.is_file()]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_anew_and_tells_nothing_of_its_owner(house, form):
    desk = staff(house)
    answer = bring(house, photo(form), desk)
    assert answer.status_code == 201, answer.json
    shown = house.client("reception").get(answer.json["url"], headers=desk)
    assert (shown.status_code, shown.content_type) == (200, "image/jpeg")
    assert not any(secret in shown.data for secret in (b"Ouyang", b"31.23", b"Exif"))
    # Upright, as the camera meant it.
    assert Image.open(io.BytesIO(shown.data)).size == (20, 40)


def test_s46_names_are_ours_and_nobody_keeps_or_guesses_the_content(house):
    desk = staff(house)
    answer = bring(house, PDF, desk)
    shown = house.client("reception").get(answer.json["url"], headers=desk)
    assert shown.data == PDF
    assert shown.headers["Content-Disposition"] == f"attachment; filename={answer.json['file_id']}.pdf"
    assert (shown.headers["X-Content-Type-Options"], shown.headers["Cache-Control"]) == ("nosniff", "no-store")
    assert {path.name for path in on_disk(house)} == {row.sha256 for row in rows(house)}


def bomb() -> bytes:
    """A PNG of 30 000 × 30 000 pixels in a few bytes."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("content", "code"), [
    (b"<html><script>alert(1)</script>", "file.kind"), (b"GIF89a" + b"\0" * 40, "file.kind"), (b"", "file.kind"),
    (b"PK\x03\x04", "file.kind"), (photo()[:300], "file.damaged"), (b"\xff\xd8\xff" + b"\0" * 400, "file.damaged"),
    (b"\x89PNG\r\n\x1a\n" + b"x" * 99, "file.damaged"), (bomb(), "file.pixels"),
], ids=["page", "gif", "empty", "zip", "cut", "zeros", "noise", "bomb"])  # fmt: skip
def test_what_is_no_picture_or_pdf_is_refused_and_leaves_nothing(house, content, code):
    answer = bring(house, content, name="photo.jpg")
    assert (answer.status_code, [error["code"] for error in answer.json["errors"]]) == (422, [code])
    assert (rows(house), on_disk(house)) == ([], [])


def test_too_large_a_file_is_refused(house, monkeypatch):
    from dataclasses import replace

    from shared.files import actions, kinds

    small = replace(kinds.PDF, limit=30)
    monkeypatch.setattr(actions, "kind_of", lambda head: small)
    assert bring(house, PDF + b" " * 30).status_code == 413
    assert (rows(house), on_disk(house)) == ([], [])


def test_the_same_request_again_gives_the_same_file(house):
    desk, key = staff(house), uuid7()
    first, again = bring(house, PDF, desk, key=key), bring(house, PDF, desk, key=key)
    assert (again.status_code, again.json) == (201, first.json)
    assert [row.id for row in rows(house)] == [first.json["file_id"]]
    assert bring(house, PDF + b" ", desk, key=key).status_code == 422
    assert len(on_disk(house)) == 1


def test_another_branch_a_kiosk_and_a_stranger_get_nothing(house):
    url = bring(house, PDF).json["url"]
    client = house.client("reception")
    assert client.get(url, headers=staff(house, branch=SHANGHAI)).status_code == 404
    assert client.get(url, headers=kiosk(house)).status_code == 403
    assert client.get(url).status_code == 401
    assert client.get(url, headers=staff(house, "technician")).status_code == 403
    assert client.get(f"{FILES}/{uuid7()}", headers=staff(house)).status_code == 404


def test_lists_and_what_jobs_made_are_not_read_here(house):
    with house.at("reception"):
        kept = files.store(io.BytesIO(b"a,b"), owner="job/1", media_type="text/csv", limit=99, branch=BEIJING)
    assert house.client("reception").get(f"{FILES}/{kept}", headers=staff(house)).status_code == 404


@pytest.mark.parametrize("point", ["files.after_row", "files.before_rename"])
def test_a_crash_between_row_and_content_leaves_nothing_to_see(house, point):
    desk = staff(house)
    with armed(point, kill), pytest.raises(Killed):
        bring(house, PDF, desk)
    [row] = rows(house)
    assert row.state != READY
    assert house.client("reception").get(f"{FILES}/{row.id}", headers=desk).status_code == 404
    with house.at("reception"):
        files.bury(clock.now() + timedelta(days=1))
    assert (rows(house), on_disk(house)) == ([], [])


def test_what_nothing_took_over_goes_and_what_an_erased_person_had_goes_at_once(house):
    visit = ticket(house, kiosk(house), name="欧阳娜娜", phone="13812345678")
    with house.reading("reception", BEIJING) as session:
        person = session.get(Visit, visit["visit_id"]).customer_id
    desk = staff(house)
    left, taken = bring(house, PDF, desk).json, bring(house, photo(), desk).json
    with house.writing("reception") as session:
        files.hand_over(session, taken["file_id"], f"customer/{person}")
    with house.at("reception"):
        files.bury(clock.now() + timedelta(days=1))
    client = house.client("reception")
    assert [client.get(each["url"], headers=desk).status_code for each in (left, taken)] == [404, 200]
    with house.at("reception"):
        forget(person)
    assert client.get(taken["url"], headers=desk).status_code == 404
    with house.at("reception"):
        files.bury()
    assert (rows(house), on_disk(house)) == ([], [])


def test_a_content_that_no_row_knows_goes_once_it_is_old(house):
    kept = bring(house, PDF).json["file_id"]
    orphan = on_disk(house)[0].parent / ("0" * 64)
    orphan.write_bytes(b"forgotten by a restored database")
    with house.at("reception"):
        assert files.remove_orphans() == 0
        for path in on_disk(house):
            os.utime(path, (0, 0))
        assert files.remove_orphans() == 1
    assert [row.id for row in rows(house)] == [kept]
    assert len(on_disk(house)) == 1


def test_a_large_photo_is_made_smaller() -> None:
    out, _ = pictures.drawn_anew(io.BytesIO(photo(size=(5000, 100))), files_kind())
    assert max(Image.open(out).size) == pictures.LONGEST_SIDE


def files_kind():
    from shared.files.kinds import JPEG

    return JPEG
