"""One plain page per service: is it well, how far are the facts, where are the documents."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from shared.access import current_actor
from shared.i18n.language import LANGUAGES, language_of
from shared.i18n.pages import words
from shared.operations.health import readiness
from shared.runtime import runtime

blueprint = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/static")


def frame() -> dict[str, Any]:
    """What every page needs: its language, its words, the way to the other language."""
    wished = request.args.get("lang", "")
    language = wished if wished in LANGUAGES else language_of(request)
    return {
        "language": language, "html_language": {"zh": "zh-CN", "en": "en"}[language], "t": words(language),
        "other": "en" if language == "zh" else "zh", "actor": current_actor(),
    }  # fmt: skip


@blueprint.get("/")
def page() -> str:
    """The status page."""
    here = runtime()
    state = readiness(here)
    return render_template(
        "web/status.html", here=here, service=here.service, state=state, flow=_flow(state), **frame()
    )


@blueprint.get("/problems")
def problems() -> str:
    """Every code that this service answers with, in words."""
    wording = runtime().wording
    return render_template(
        "web/problems.html", service=runtime().service, problems=sorted(wording.problems.items()),
        fields=sorted(wording.fields.items()), **frame(),
    )  # fmt: skip


def _flow(state: dict[str, str]) -> dict[str, Any] | None:
    if state["database"] != "ok" or state["migrations"] != "ok":
        return None
    from shared.events.metrics import flow

    try:
        return flow(runtime())
    except Exception:
        return None
