"""Settings over HTTP: what holds here, and setting it from a day on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import marshmallow as ma
from flask import request

from shared.access import current_actor, needs
from shared.db import reader
from shared.http import Blueprint, InputSchema, Instant, OutputSchema, etag
from shared.http.etags import seen_version
from shared.i18n import language_of
from shared.settings import overview
from shared.settings.actions import set_value
from shared.settings.model import BranchSetting
from shared.settings.registry import READERS

blueprint = Blueprint("settings", __name__, url_prefix="/api/v1/settings", description="设置 · settings of the branch")

# The past stays as it was: what was due and counted under a value is not worked out again. A clock may lag a little.
BEFORE, AHEAD = timedelta(minutes=5), timedelta(days=800)
_ANY: dict[str, Any] = {"type": ["integer", "boolean", "string", "array"], "description": "In the form of its type."}
_EXAMPLE = {
    "key": "calls.hours", "type": "spans", "scope": "branch", "label": "允许致电的时段（当地时间）",
    "duty": "F1.2", "least": None, "most": None, "default": [["09:00", "12:00"], ["14:00", "20:00"]],
    "value": [["09:00", "20:00"]], "valid_from": "2026-11-23T10:00:00.000000Z",
    "author": "staff/019aaffe-1111-7a51-8a01-0d5f3a2b1c0b", "version": 1, "changeable": True, "planned": [],
}  # fmt: skip


class SettingIn(InputSchema):
    """A new value, from ``valid_from`` on (default: now)."""

    value = ma.fields.Raw(
        required=True, metadata=_ANY, error_messages={"required": "field.required", "null": "field.null"}
    )
    valid_from = Instant(past=BEFORE, future=AHEAD, allow_none=True, load_default=None)


class RowOut(OutputSchema):
    """What was set once."""

    value = ma.fields.Raw(required=True, metadata=_ANY)
    valid_from = Instant(required=True)
    author = ma.fields.String(required=True)
    created_at = Instant(required=True)


class SettingOut(OutputSchema):
    """A setting and what holds now; without author and valid_from it is the default."""

    key = ma.fields.String(required=True)
    type = ma.fields.String(required=True, metadata={"enum": sorted(READERS)})
    scope = ma.fields.String(required=True, metadata={"enum": ["branch", "group"]})
    label = ma.fields.String(required=True)
    duty = ma.fields.String(required=True)
    least = ma.fields.Integer(required=True, allow_none=True)
    most = ma.fields.Integer(required=True, allow_none=True)
    default = ma.fields.Raw(required=True, metadata=_ANY)
    value = ma.fields.Raw(required=True, metadata=_ANY)
    valid_from = Instant(required=True, allow_none=True)
    author = ma.fields.String(required=True, allow_none=True)
    version = ma.fields.Integer(required=True, metadata={"description": "Its ETag; 0 while nobody has set it."})
    changeable = ma.fields.Boolean(required=True)
    planned = ma.fields.List(ma.fields.Nested(RowOut), required=True)


class HistoryOut(SettingOut):
    """The same with everything that was ever set, the latest valid-from first (at most 200)."""

    history = ma.fields.List(ma.fields.Nested(RowOut), required=True)


class SettingsOut(OutputSchema):
    """All of a service's settings; a service has dozens, so there are no pages."""

    settings = ma.fields.List(ma.fields.Nested(SettingOut), required=True)


@blueprint.route("", methods=["GET"])
@needs("staff")
@blueprint.response(200, SettingsOut, example={"settings": [_EXAMPLE]})
def all_settings():
    """Every setting of the branch and of the group, with what holds now."""
    with reader() as session:
        return {"settings": [_shown(each) for each in overview.all_standing(session)]}


@blueprint.route("/<key>", methods=["GET"])
@needs("staff")
@blueprint.response(200, HistoryOut, example={**_EXAMPLE, "history": []})
def one(key):
    """One setting and how it came about."""
    return _answer(key)


@blueprint.route("/<key>", methods=["PUT"])
@needs("staff")
@blueprint.arguments(SettingIn, example={"value": [["09:00", "20:00"]], "valid_from": None})
@blueprint.response(200, HistoryOut, example={**_EXAMPLE, "history": []})
def put(given, key):
    """Set it, with If-Match: the version that was seen. What was set before stays in its history."""
    overview.seen(key)
    set_value(key, given["value"], current_actor().branch, given["valid_from"], version=seen_version())
    return _answer(key)


def _answer(key: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    with reader() as session:
        found, rows = overview.standing(session, key)
        return _shown(found) | {"history": [_row(row) for row in rows]}, 200, {"ETag": etag(found.version)}


def _shown(found: overview.Standing) -> dict[str, Any]:
    setting, holds = found.setting, found.holds
    return {
        "key": setting.key, "type": setting.type, "scope": setting.scope, "duty": setting.duty,
        "label": getattr(setting, language_of(request)), "least": setting.least, "most": setting.most,
        "default": setting.default, "value": found.value, "valid_from": holds.valid_from if holds else None,
        "author": holds.author if holds else None, "version": found.version, "changeable": found.changeable,
        "planned": [_row(row) for row in found.planned],
    }  # fmt: skip


def _row(row: BranchSetting) -> dict[str, Any]:
    return {"value": row.value, "valid_from": row.valid_from, "author": row.author, "created_at": row.created_at}
