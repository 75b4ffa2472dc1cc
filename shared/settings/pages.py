"""The page of settings: what holds here, changing it from a day on, and how it came about."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session

from shared import branches, clock
from shared.access import current_actor, needs
from shared.db import reader
from shared.http.bodies import accepts
from shared.http.problems import Problem
from shared.i18n import happened
from shared.runtime import runtime
from shared.settings import forms, overview
from shared.settings.actions import set_value
from shared.settings.api import AHEAD, BEFORE
from shared.settings.model import BranchSetting
from shared.settings.registry import Setting
from shared.web.frame import page, page_language

blueprint = Blueprint("settings_pages", __name__, template_folder="templates")

_MINUTE = "%Y-%m-%dT%H:%M"
_FORM = "application/x-www-form-urlencoded"
# Headquarters has no clock of its own; the group is at home here.
_GROUP_ZONE = "Asia/Shanghai"
_SHOWN_AGAIN = (409, 412, 422)


@blueprint.get("/settings")
@needs("staff")
def all_settings() -> Response:
    """Every setting, grouped by what it is about."""
    with reader() as session:
        found = overview.all_standing(session)
        zone = _zone(session)
    groups = [(name, list(them)) for name, them in groupby(found, key=lambda each: each.capability)]
    return page("settings/list.html", groups=groups, **_shown(zone))


@blueprint.get("/settings/<key>")
@needs("staff")
def one(key: str) -> Response:
    """One setting: its form and its history."""
    return _page(key)


@blueprint.post("/settings/<key>")
@needs("staff")
@accepts(_FORM)
def change(key: str) -> Any:
    """Set it. A fault comes back beside its field with what was typed (422); success leads back to the page."""
    setting = overview.seen(key)
    with reader() as session:
        zone = _zone(session)
    given = {name: request.form.get(name, "")[: forms.MOST_TYPED] for name in ("value", "valid_from", "version")}
    faults: dict[str, str] = {}
    moment = _moment(given["valid_from"], zone, faults)
    if not faults:
        version = int(given["version"]) if given["version"].isascii() and given["version"].isdigit() else -1
        try:
            value = forms.typed(setting, given["value"])
            set_value(key, value, current_actor().branch, moment, version=version)
        except Problem as problem:
            if problem.status not in _SHOWN_AGAIN:
                raise
            faults = {fault.pointer[1:]: fault.code for fault in problem.errors} or {"": problem.code}
            return _page(key, given, faults, problem.status)
        return redirect(url_for(".one", key=key, done=1), 303)
    return _page(key, given, faults, 422)


def _page(
    key: str, given: dict[str, str] | None = None, faults: dict[str, str] | None = None, status: int = 200
) -> Response:
    with reader() as session:
        found, rows = overview.standing(session, key)
        zone = _zone(session)
    if given is None:
        given = {"value": forms.shown(found.setting, found.value), "valid_from": ""}
    # Whoever saw an older version sees the present one now, and decides again.
    given = {**given, "version": str(found.version)}
    return page(
        "settings/one.html", status=status, it=found, setting=found.setting, rows=rows, given=given,
        done="done" in request.args, errors=_sentences(faults or {}, page_language()),
        said=_said(found.setting, zone, page_language()), **_shown(zone),
    )  # fmt: skip


def _shown(zone: str) -> dict[str, Any]:
    def local(at: datetime) -> str:
        return f"{clock.local(at, zone):%Y-%m-%d %H:%M}"

    return {"service": runtime().service, "local": local, "shown": forms.shown, "zone": zone}


def _said(setting: Setting, zone: str, language: str) -> Any:
    """What a row of the history says."""

    def sentence(row: BranchSetting) -> str:
        moment = f"{clock.local(row.valid_from, zone):%Y-%m-%d %H:%M}"
        value = forms.shown(setting, row.value).replace("\n", ", ")
        return runtime().wording.happening(happened("setting.changed", value=value, **{"from": moment}), language)

    return sentence


def _sentences(faults: dict[str, str], language: str) -> dict[str, str]:
    wording = runtime().wording

    def sentence(code: str) -> str:
        found = code in wording.fields
        return wording.field(code, language, {}) if found else wording.problem(code, 422, language, {})[1]

    return {name: sentence(code) for name, code in faults.items()}


def _moment(text: str, zone: str, faults: dict[str, str]) -> datetime | None:
    """The instant that the wall clock of the branch shows then; None for now."""
    if not text:
        return None
    try:
        wall = datetime.strptime(text, _MINUTE).replace(tzinfo=ZoneInfo(zone))
        moment = clock.parse(wall.isoformat(timespec="microseconds"))
    except (ValueError, OverflowError):
        faults["valid_from"] = "time.format"
        return None
    if not clock.now() - BEFORE <= moment <= clock.now() + AHEAD:
        faults["valid_from"] = "time.range"
    return moment


def _zone(session: Session) -> str:
    code = current_actor().branch
    return branches.get(session, code).zone if code and branches.known(session, code) else _GROUP_ZONE
