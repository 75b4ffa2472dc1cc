"""The page of events, for administrators: how far the facts are, what stands beside, and letting it go on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, request, url_for

from shared import clock, contracts
from shared.access import current_actor, needs
from shared.events import releasing
from shared.events.words import WORDS
from shared.http.bodies import accepts
from shared.http.problems import Problem
from shared.runtime import runtime
from shared.service import load, names
from shared.web.frame import fragment, page, page_language, told

blueprint = Blueprint("events_pages", __name__, template_folder="templates")

_FORM = "application/x-www-form-urlencoded"
# Administrators look over all branches; the group is at home here.
_ZONE = "Asia/Shanghai"


@blueprint.get("/events")
@needs("staff")
def events() -> Response:
    """Backlog, cursors, parked events."""
    return page("events/events.html", WORDS, every=[load(name) for name in names()], **_shown())


@blueprint.get("/events/standing")
@needs("staff")
def standing() -> Any:
    """The part of that page that facts change; whoever opens it by itself is led to the whole."""
    if "HX-Request" not in request.headers:
        return redirect(url_for(".events"), 303)
    return fragment("events/_standing.html", WORDS, **_shown())


@blueprint.post("/events/parked/<int:parked_id>")
@needs("staff")
@accepts(_FORM)
def decide(parked_id: int) -> Any:
    """Try one again, or set it aside for good. What somebody else did first is said, not done twice."""
    said = "asked"
    try:
        releasing.ask(parked_id, request.form.get("what", ""))
    except Problem as problem:
        if problem.status not in (404, 409):
            raise
        said = "decided-already" if problem.status == 404 else "earlier-first"
    if "HX-Request" in request.headers:
        answer = make_response(fragment("events/_standing.html", WORDS, **_shown()).get_data())
        return told(answer, WORDS[said][page_language()])
    return redirect(url_for(".events", said=said), 303)


def _shown() -> dict[str, Any]:
    here = runtime()
    said = request.args.get("said", "")
    return {
        "it": releasing.standing(), "service": here.service, "may": "events.release" in current_actor().permissions,
        "titled": _titled, "local": _local, "named": _named,
        "said": said if said in ("asked", "decided-already", "earlier-first") else "",
        "reasons": WORDS, "compared": "feed_pages.compared" in current_app.view_functions,
        "here_address": f"/{here.service.name}/events",
    }  # fmt: skip


def _named(source: str) -> dict[str, str]:
    try:
        return dict(load(source).title)
    except ModuleNotFoundError:
        return {"zh": source, "en": source}


def _titled(type_: str, language: str) -> str:
    try:
        return contracts.get(type_).title[language]
    except contracts.UnknownContract:
        return type_


def _local(at: datetime) -> str:
    return f"{clock.local(at, _ZONE):%m-%d %H:%M:%S}"
