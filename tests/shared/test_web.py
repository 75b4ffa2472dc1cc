"""The frame of every page: files under names that say their content, one language chosen for long."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared.web import assets
from tests.kit.house import House

VENDOR = assets.STATIC / "vendor"


def test_a_file_is_kept_for_ever_under_the_name_of_its_content(house: House) -> None:
    client = house.client("reception")
    answer = client.get(assets.address("/reception", "frame.js"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for wrong in ("/reception/static/000000000000/frame.js", "/reception/static/frame.js"):
        assert client.get(wrong).status_code == 404


def test_a_chosen_language_stays(house: House) -> None:
    client = house.client("reporting")
    assert 'lang="zh-CN"' in client.get("/reporting/").text
    assert 'lang="en"' in client.get("/reporting/?lang=en").text
    assert 'lang="en"' in client.get("/reporting/").text
    assert 'lang="zh-CN"' in client.get("/reporting/?lang=zh").text


@pytest.mark.parametrize("folder", sorted(path for path in VENDOR.iterdir() if path.is_dir()), ids=lambda p: p.name)
def test_what_others_wrote_has_its_version_and_licence(folder: Path) -> None:
    known = json.loads((VENDOR / "packages.json").read_text(encoding="utf-8"))[folder.name]
    assert {"package", "version", "licence", "sha256", "taken"} <= set(known)
    assert (folder / "LICENSE").is_file()


def test_the_frame_loads_fast() -> None:
    """At most 300 KB compressed at the first visit; what the frame itself brings stays far below."""
    import gzip

    files = ("vendor/bootstrap/bootstrap.min.css", "vendor/htmx/htmx.min.js", "yingbin.css", "frame.js", "yingbin.svg")
    assert sum(len(gzip.compress((assets.STATIC / name).read_bytes())) for name in files) < 80_000
