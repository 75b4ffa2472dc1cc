"""The page of the feed, and the files that it gives."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request

from services.reporting.feed import csv_lines, watching
from services.reporting.feed.queries import LOOKED_THROUGH
from services.reporting.feed.schemas import MOST_EVENTS
from services.reporting.feed.words import WORDS
from shared import clock, contracts
from shared.access import needs
from shared.runtime import runtime
from shared.web.frame import fragment, page

blueprint = Blueprint("feed_pages", __name__, template_folder="templates")

# Headquarters has no clock of its own; the group is at home here.
_ZONE = "Asia/Shanghai"


@blueprint.get("/feed")
@needs("staff")
def feed() -> Response:
    """The newest facts; filters stand in the address."""
    return page("feed/feed.html", WORDS, **_shown())


@blueprint.get("/feed/facts")
@needs("staff")
def facts() -> Response:
    """The part of that page that facts change; whoever opens it by itself is led to the whole."""
    if "HX-Request" not in request.headers:
        return redirect(_address("feed", **request.args), 303)  # type: ignore[return-value]
    return fragment("feed/_facts.html", WORDS, **_shown())


@blueprint.get("/feed/facts.json")
@needs("staff")
def as_json() -> Response:
    """Facts after a position, as a machine gets them."""
    found = _taken()
    epochs = [{"epoch": epoch, "after_position": after} for epoch, after in found.epochs]
    body = {"epochs": epochs, "head": found.head, "events": found.events}
    return _file(json.dumps(body, ensure_ascii=False, indent=1), "application/json", "json")


@blueprint.get("/feed/facts.csv")
@needs("staff")
def as_csv() -> Response:
    """The same for a spreadsheet."""
    # The mark tells a spreadsheet that the file is UTF-8; without it Chinese is read as something else.
    return _file("\ufeff" + csv_lines.lines(_taken().events), "text/csv", "csv")


@blueprint.get("/feed/compared")
@needs("staff")
def compared() -> Response:
    """Whether reporting holds what its sources said, counted one by one; for administrators."""
    titles = {each.type: each.title for each in contracts.all()}
    return page("feed/compared.html", WORDS, found=watching.compared(), titles=titles)


def _shown() -> dict[str, Any]:
    type_, branch, before = _given("type"), _given("branch"), _whole("before") or None
    types = [each for each in contracts.all() if each.service in runtime().service.hears]
    known = {each.type: each.title for each in types}
    found = watching.newest(before, branch, type_ if type_ in known else None)
    query = {"branch": branch, "type": type_ if type_ in known else None, "before": before}
    return {
        "it": found, "types": sorted(known.items()), "titles": known, "query": query, "address": _address,
        "local": lambda at, form: format(clock.local(clock.parse(at), _ZONE), form), "shown": watching.SHOWN,
        "looked": LOOKED_THROUGH, "least": found.facts[-1].position if found.facts else None,
    }  # fmt: skip


def _taken() -> watching.FeedPage:
    return watching.taken(_whole("after"), min(_whole("limit") or MOST_EVENTS, MOST_EVENTS), _given("branch"))


def _given(name: str) -> str | None:
    return request.args.get(name, "")[:120] or None


def _whole(name: str) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _address(path: str, **query: Any) -> str:
    return f"/reporting/{path}?{urlencode({name: each for name, each in query.items() if each is not None})}"


def _file(text: str, kind: str, suffix: str) -> Response:
    answer = Response(text, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="facts-after-{_whole("after")}.{suffix}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
