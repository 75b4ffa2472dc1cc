"""Versions of rows as ETags: who changes something says which version he saw."""

from __future__ import annotations

import re
from typing import Any

from flask import request

from shared.http.problems import Problem

_TAG = re.compile(r'"(\d{1,18})"', re.ASCII)


def etag(version: int) -> str:
    """The ETag of a row's version."""
    return f'"{version}"'


def seen_version() -> int:
    """The version in ``If-Match``; Problem 428 without one, 412 for one that we never gave."""
    text = request.headers.get("If-Match")
    if text is None:
        raise Problem(428, "precondition-required")
    found = _TAG.fullmatch(text)
    if found is None:
        raise Problem(412, "precondition-failed")
    return int(found[1])


def seen_if_said() -> int | None:
    """The version in ``If-Match``, None without one: for steps that their state guards anyway."""
    return seen_version() if "If-Match" in request.headers else None


def versionless(view: Any) -> Any:
    """Mark a POST on a row that people do not edit (a job, a file): it knows no ``If-Match``."""
    view.versionless = True
    return view


def expect_version(version: int, seen: int | None) -> None:
    """Problem 412 when somebody saw another version than ``version``; None: he does not care."""
    if seen is not None and seen != version:
        raise Problem(412, "precondition-failed", headers={"ETag": etag(version)})


def require_version(version: int) -> None:
    """Problem 412 unless ``If-Match`` names ``version`` (428 without it). Call it once the row is locked."""
    if seen_version() != version:
        raise Problem(412, "precondition-failed", headers={"ETag": etag(version)})
