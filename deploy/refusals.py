"""What gunicorn refuses before an application sees it is answered as everything else: a problem, not a page of HTML."""

from __future__ import annotations

import json
from typing import Any

from gunicorn import util

_CODES = {400: "bad-request", 408: "deadline-passed", 413: "body-too-large", 414: "malformed-url",
          431: "headers-too-large"}  # fmt: skip


def install() -> None:
    """Put this in place of gunicorn's own page."""
    util.write_error = write_error


def write_error(sock: Any, status: int, reason: str, mesg: str) -> None:
    """Answer and close. ``mesg`` repeats what came in, so it is not told."""
    code = _CODES.get(status, "internal-error" if status >= 500 else "bad-request")
    body = json.dumps({"type": f"/problems/{code}", "title": reason, "status": status}).encode()
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        f"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode("latin-1") + body)
