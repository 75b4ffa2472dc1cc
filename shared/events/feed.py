"""The feed of a service: ``GET /<service>/api/v1/events?after=&limit=&wait=``: everything that happened here, in
order, for good.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import marshmallow as ma
from flask import Response, request
from sqlalchemy import Connection, text

from shared import clock
from shared.access import current_actor, needs
from shared.db import reader
from shared.events.envelope import LogRow
from shared.events.numbering import read_after
from shared.http import Blueprint, OutputSchema
from shared.http.problems import Problem, document
from shared.http.query import whole_number
from shared.runtime import runtime


class LogEpochOut(OutputSchema):
    """One life of the log: positions above ``after_position`` belong to it."""

    epoch = ma.fields.String(required=True)
    after_position = ma.fields.Integer(required=True)


class FeedOut(OutputSchema):
    """One page; the events are CloudEvents, described in asyncapi.json."""

    epochs = ma.fields.List(ma.fields.Nested(LogEpochOut), required=True)
    head = ma.fields.Integer(required=True)
    events = ma.fields.List(ma.fields.Dict(), required=True)


def _query(name: str, default: int, told: str, least: int) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": least, "default": default}
    return {"name": name, "in": "query", "required": False, "description": told, "schema": schema}


MOST = 1000
MOST_WAIT_SECONDS = 10
_PARAMETERS = [
    _query("after", 0, "The last position that the reader has.", 0),
    _query("limit", 500, f"How many at most; more than {MOST} is capped.", 1),
    _query("wait", 0, f"Seconds to wait when nothing is new; more than {MOST_WAIT_SECONDS} is capped.", 0),
]
# Long polls hold a thread each: two may wait in a process, the next is answered at once (19 of them on 16 threads
# held /ping 5.4 s).
_waiting = threading.BoundedSemaphore(2)
_POLL_SECONDS = 0.1
_EXAMPLE = {
    "epochs": [{"epoch": "019ab000-0000-7000-8000-000000000002", "after_position": 0}],
    "head": 1,
    "events": [
        {
            "specversion": "1.0", "id": "019ab011-0000-7a51-8a01-0d5f3a2b1c01", "source": "/services/reception",
            "type": "reception.branch.opened.v1", "subject": "branch/bj-chaoyang",
            "time": "2026-11-23T01:09:00.000000Z", "branchid": "group", "position": 1,
            "epoch": "019ab000-0000-7000-8000-000000000002", "subjectversion": 1, "datacontenttype": "application/json",
            "data": {"branch": "bj-chaoyang"},
        }
    ],
}  # fmt: skip


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
    feed = Blueprint("events", __name__, url_prefix="/api/v1", description="事实 · the feed of this service's facts")

    @feed.route("/events")
    @needs("service", scope="events")
    @feed.doc(parameters=_PARAMETERS)
    @feed.response(200, FeedOut, example=_EXAMPLE)
    @feed.gives(400, "malformed-query")
    @feed.gives(409, "ahead-of-log")
    def events() -> Response:
        """Everything that happened here, in order, from a position on. 409 `ahead-of-log`.

        Personal facts carry data only for a key with their scope, else they are stubs with the same position.
        """
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
