"""The page of a branch's kiosks: enrol one by a code, rename it, let it go (R12.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, request

from services.reception.kiosks import actions, queries
from services.reception.kiosks.model import LABEL_LENGTH
from services.reception.kiosks.words import WORDS
from shared import branches, clock
from shared.access import action, current_actor, needs
from shared.db import reader
from shared.http import accepts
from shared.http.problems import Problem
from shared.runtime import runtime
from shared.web.frame import page, page_language

blueprint = Blueprint("kiosk_pages", __name__, template_folder="templates")
_FORM = "application/x-www-form-urlencoded"
_A_PAGE = 100
AT = "/reception/kiosks"


@blueprint.get("/kiosks")
@needs("staff")
@action("kiosks.read")
def kiosks() -> Response:
    """The kiosks of the branch, when each was last seen, and the form for a new one."""
    return _page(200, {})


@blueprint.post("/kiosks")
@needs("staff")
@accepts(_FORM)
def make_code() -> Response:
    """A code for one machine; shown in this answer and nowhere else."""
    label = _label()
    if not label:
        return _page(422, {"label": "field.required"})
    return _page(200, {}, made=actions.make_code(label), label=label)


@blueprint.post("/kiosks/<string:kiosk_id>")
@needs("staff")
@accepts(_FORM)
def rename(kiosk_id: str) -> Response:
    """Another name."""
    label, version = _label(), request.form.get("version", "")
    try:
        if label:
            actions.rename(kiosk_id, label, int(version) if version.isascii() and version.isdigit() else -1)
    except Problem as problem:
        if problem.status != 412:
            raise
        return _page(412, {"": problem.code})
    return _to(f"{AT}?done=renamed")


@blueprint.post("/kiosks/<string:kiosk_id>/revoke")
@needs("staff")
@accepts(_FORM)
def revoke(kiosk_id: str) -> Response:
    """End it for good."""
    actions.revoke(kiosk_id)
    return _to(f"{AT}?done=revoked")


def _page(status: int, faults: dict[str, str], made: actions.Code | None = None, label: str = "") -> Response:
    actor, after = current_actor(), request.args.get("after", "")[:36]
    with reader() as session:
        known = bool(actor.branch) and branches.known(session, actor.branch or "")
        zone = branches.get(session, actor.branch or "").zone if known else "Asia/Shanghai"
        found = queries.page(session, after or None, _A_PAGE + 1)
    wording, language = runtime().wording, page_language()

    def local(at: datetime) -> str:
        return f"{clock.local(at, zone):%Y-%m-%d %H:%M}"

    def sentence(code: str) -> str:
        inner = code in wording.fields
        return wording.field(code, language, {}) if inner else wording.problem(code, status, language, {})[1]

    return page(
        "kiosks/kiosks.html", WORDS, status, kiosks=found[:_A_PAGE], local=local, made=made, label=label,
        following=found[_A_PAGE - 1].kiosk.id if len(found) > _A_PAGE else "", known=known, most=LABEL_LENGTH,
        errors={name: sentence(code) for name, code in faults.items()}, done=request.args.get("done", ""),
        until=f"{clock.local(made.expires_at, zone):%H:%M}" if made else "", may=actor.permissions,
        address=f"{request.host_url}reception/kiosk",
    )  # fmt: skip


def _label() -> str:
    return request.form.get("label", "").strip()[:LABEL_LENGTH]


def _to(address: str) -> Any:
    return redirect(address, 303)
