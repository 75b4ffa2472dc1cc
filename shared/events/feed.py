"""The feed of a service: ``GET /<service>/api/v1/events?after=&limit=&wait=``: everything that happened here, in
order, for good.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from flask import Blueprint, Response, request
from sqlalchemy import Connection, text

from shared import clock
from shared.access import current_actor, needs
from shared.db import reader
from shared.events.envelope import LogRow
from shared.events.numbering import read_after
from shared.http.problems import Problem, document
from shared.http.query import whole_number
from shared.runtime import runtime

MOST = 1000
MOST_WAIT_SECONDS = 10
# Long polls hold a thread each: two may wait in a process, the next is answered at once (19 of them on 16 threads
# held /ping 5.4 s).
_waiting = threading.BoundedSemaphore(2)
_POLL_SECONDS = 0.1


def epochs_and_head(connection: Connection) -> tuple[str, int]:
    """The epochs as JSON text, and the last position given."""
    epochs = connection.execute(text("SELECT epoch, after_position FROM epoch ORDER BY number")).all()
    head = connection.execute(text("SELECT position FROM log_counter WHERE name = 'head'")).scalar_one_or_none() or 0
    return "[" + ",".join(f'{{"epoch":"{epoch}","after_position":{base}}}' for epoch, base in epochs) + "]", head


def page_text(epochs: str, head: int, events: Sequence[str]) -> str:
    """The answer: already encoded events are spliced, not parsed."""
    return f'{{"epochs":{epochs},"head":{head},"events":[{",".join(events)}]}}'


def blueprint(service: str) -> Blueprint:
    """The route, mounted by the app factory below ``/<service>/api/v1``."""
    feed = Blueprint("events", __name__)

    @feed.get("/events")
    @needs("service", scope="events")
    def events() -> Response:
        after = whole_number("after", 0)
        limit = min(whole_number("limit", 500, least=1), MOST)
        wait = min(whole_number("wait", 0), MOST_WAIT_SECONDS)
        epochs, head, rows = _read(service, after, limit)
        if wait and not rows and after == head and _waiting.acquire(blocking=False):
            try:
                epochs, head, rows = _wait(service, after, limit, wait)
            finally:
                _waiting.release()
        if after > head:
            return _ahead(epochs, head)
        families = frozenset(
            scope.removeprefix("personal:") for scope in current_actor().scopes if scope.startswith("personal:")
        )
        body = page_text(epochs, head, [row.encode(personal_families=families) for row in rows])
        return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})

    return feed


def _read(service: str, after: int, limit: int) -> tuple[str, int, list[LogRow]]:
    with reader() as session:
        connection = session.connection()
        epochs, head = epochs_and_head(connection)
        return epochs, head, read_after(connection, service, after, limit) if after < head else []


def _wait(service: str, after: int, limit: int, seconds: int) -> tuple[str, int, list[LogRow]]:
    deadline = clock.monotonic() + seconds
    bell = runtime().wake.bell
    while True:
        seen = bell.rings
        found = _read(service, after, limit)
        left = deadline - clock.monotonic()
        if found[2] or left <= 0 or runtime().draining:
            return found
        bell.wait(seen, min(_POLL_SECONDS, left))


def _ahead(epochs: str, head: int) -> Response:
    """409: the reader has seen more than this log holds, so the log was restored; the epochs tell it where to go on."""
    import json

    problem = document(Problem(409, "ahead-of-log", detail_params={"head": head}), request)
    problem.update({"head": head, "epochs": json.loads(epochs)})
    return Response(json.dumps(problem, ensure_ascii=False), status=409, mimetype="application/problem+json")
