"""Whether anything has happened here: what open pages ask every second, so it costs no session and no database.

The answer's mark is the moment of the last ring. Each process keeps its own: a page that is answered by two of them
looks once too often and never too seldom, because moments, unlike counters, mean the same in both.
"""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Blueprint, Response, request

from shared import clock
from shared.runtime import runtime

blueprint = Blueprint("bell", __name__)
_MARK = re.compile(r'"(\d{1,18})"', re.ASCII)
_EPOCH = clock.parse("2020-01-01T00:00:00.000000Z")


@blueprint.get("/bell")
def bell() -> Response:
    """304 while nothing has happened since ``If-None-Match``; otherwise 200 with the new ETag. No body."""
    pages = runtime().pages
    pages.listen()
    now = (pages.bell.rung_at - _EPOCH) // timedelta(microseconds=1)
    seen = _MARK.fullmatch(request.headers.get("If-None-Match", ""))
    answer = Response(status=304 if seen and int(seen[1]) >= now else 200)
    answer.headers["ETag"] = f'"{now}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
