"""One plain page per service: is it well, how far are the facts, where are the documents."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from shared.operations.health import readiness
from shared.runtime import runtime
from shared.web import assets
from shared.web.frame import page

blueprint = Blueprint("web", __name__, template_folder="templates")
blueprint.add_url_rule("/static/<mark>/<path:name>", "static", assets.serve)


@blueprint.get("/")
def status() -> Any:
    """The status page."""
    here = runtime()
    state = readiness(here)
    return page("web/status.html", here_is=here, service=here.service, state=state, flow=_flow(state))


@blueprint.get("/problems")
def problems() -> Any:
    """Every code that this service answers with, in words."""
    wording = runtime().wording
    return page("web/problems.html", problems=sorted(wording.problems.items()), fields=sorted(wording.fields.items()))


def _flow(state: dict[str, str]) -> dict[str, Any] | None:
    if state["database"] != "ok" or state["migrations"] != "ok":
        return None
    from shared.events.metrics import flow

    try:
        return flow(runtime())
    except Exception:
        return None
