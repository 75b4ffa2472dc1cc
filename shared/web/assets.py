"""Style, scripts and icons: served by us, under a name that says the content, so a browser keeps them for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, abort, send_from_directory
from markupsafe import Markup

STATIC = Path(__file__).parent / "static"
_FOR_EVER = "public, max-age=31536000, immutable"


@cache
def digest(name: str) -> str:
    """What stands in the address of a file: another content, another address. KeyError for a file we do not have."""
    file = STATIC / name
    if not file.is_file():
        raise KeyError(name)
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def address(prefix: str, name: str) -> str:
    """Where a page of ``prefix`` (``/reception``, or empty) finds a file."""
    return f"{prefix}/static/{digest(name)}/{name}"


@cache
def icon(name: str) -> Markup:
    """An icon as inline SVG: a word stands beside it, so screen readers skip it."""
    drawn = (STATIC / "vendor" / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    inline = drawn.replace(' xmlns="http://www.w3.org/2000/svg"', ' aria-hidden="true" focusable="false"', 1)
    return Markup(inline)  # noqa: S704 - our own file


def serve(mark: str, name: str) -> Response:
    """The file, if ``mark`` is that of its content; 404 otherwise, so that an old page never gets a new script."""
    try:
        known = digest(name)
    except (KeyError, ValueError, OSError):
        abort(404)
    if mark != known:
        abort(404)
    answer: Any = send_from_directory(STATIC, name)
    answer.headers["Cache-Control"] = _FOR_EVER
    return answer
