"""Opaque cursors of lists: where the next page begins, for this list and this branch only."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from flask import request

from shared.db import current_scope
from shared.http.problems import Problem

_MOST = 400


def encode_cursor(*values: Any) -> str:
    """A cursor after a row with these sort values (texts, numbers)."""
    content = json.dumps([_list(), *values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).rstrip(b"=").decode("ascii")


def decode_cursor(text: str | None, *kinds: type) -> list[Any] | None:
    """The values that ``encode_cursor`` was given in this list, None without a cursor; Problem 400 ``bad-cursor``.

    What somebody puts together himself shows him nothing: rows are filtered by branch whatever the cursor says.
    """
    if not text:
        return None
    try:
        if len(text) > _MOST:
            raise ValueError
        where, *values = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        if where != _list() or len(values) != len(kinds):
            raise ValueError
        if any(type(value) is not kind for value, kind in zip(values, kinds, strict=True)):
            raise ValueError
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise Problem(400, "bad-cursor") from None
    return values


def _list() -> str:
    return f"{request.endpoint} {current_scope()}"
