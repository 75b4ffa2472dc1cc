"""The door of headquarters' feed."""

from __future__ import annotations

import json
import threading

from flask import Response, current_app, request

from services.reporting.feed import csv_lines, queries
from services.reporting.feed.queries import Page
from services.reporting.feed.schemas import CSV_EXAMPLE, EXAMPLE, FeedPageOut, FeedQuery
from shared import branches, clock
from shared.access import needs
from shared.db import reader
from shared.events import GROUP
from shared.http import Blueprint, Problem
from shared.http.problems import answer, document

blueprint = Blueprint("feed", __name__, url_prefix="/api/v1/feed", description="总部数据流 · Headquarters' feed")

# A long poll holds a thread: two may wait in a process, the next one is answered at once.
_MOST_WAITING = 2
_POLL_SECONDS = 0.1


@blueprint.route("")
@needs("hq", scope="feed")
@blueprint.arguments(FeedQuery, location="query")
@blueprint.response(200, FeedPageOut, example=EXAMPLE)
@blueprint.response(200, content_type="text/csv", example=CSV_EXAMPLE)
@blueprint.gives(404, "unknown-branch")
@blueprint.gives(409, "ahead-of-log")
def read(query: dict) -> Response:
    """Everything that happened, in order, from a position on (T6.1).

    JSON, or CSV with `Accept: text/csv`. Personal facts are stubs without data. 409 `ahead-of-log` when `after` lies
    beyond the head: this feed was restored, the epochs say from where to read again.
    """
    branch = query["branch"]
    page = _read(query["after"], query["limit"], branch)
    if query["after"] > page.head:
        return _ahead(page)
    if not page.events and query["wait"]:
        page = _wait(query["after"], query["limit"], branch, query["wait"]) or page
    # Vary: the same address gives JSON and CSV.
    headers = {"Cache-Control": "no-store", "Vary": "Accept"}
    if request.accept_mimetypes.best_match(("application/json", "text/csv"), "application/json") == "text/csv":
        return Response(csv_lines.lines(page.events), mimetype="text/csv", headers=headers)
    body = {"epochs": _epochs(page), "head": page.head, "events": page.events}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, mimetype="application/json", headers=headers)


def _read(after: int, limit: int, branch: str | None) -> Page:
    with reader() as session:
        if branch is not None and branch != GROUP and not branches.known(session, branch):
            raise Problem(404, "unknown-branch")
        return queries.page(session, after, limit, branch)


def _wait(after: int, limit: int, branch: str | None, seconds: int) -> Page | None:
    """The next page with something in it, or the last empty one; None when too many wait already."""
    waiting = current_app.extensions.setdefault("reporting.feed", threading.BoundedSemaphore(_MOST_WAITING))
    if not waiting.acquire(blocking=False):
        return None
    try:
        deadline = clock.monotonic() + seconds
        pause = threading.Event()
        while True:
            # Between two looks no connection is held: whoever waits costs a thread and nothing else.
            page = _read(after, limit, branch)
            left = deadline - clock.monotonic()
            if page.events or left <= 0:
                return page
            pause.wait(min(_POLL_SECONDS, left))
    finally:
        waiting.release()


def _epochs(page: Page) -> list[dict]:
    return [{"epoch": epoch, "after_position": after} for epoch, after in page.epochs]


def _ahead(page: Page) -> Response:
    problem = Problem(409, "ahead-of-log", detail_params={"head": page.head})
    response = answer(problem)
    response.set_data(json.dumps({**document(problem), "head": page.head, "epochs": _epochs(page)}, ensure_ascii=False))
    return response
