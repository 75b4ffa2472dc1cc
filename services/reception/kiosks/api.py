"""Kiosks of the own branch, for whoever may enrol them; and the door for a machine that was given a code."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import request

from services.reception.kiosks import actions, enrolling, queries
from services.reception.kiosks.model import LABEL_LENGTH
from shared.access import action, needs
from shared.db import reader
from shared.http import (
    Blueprint,
    InputSchema,
    Instant,
    Limit,
    OutputSchema,
    QuerySchema,
    Text,
    decode_cursor,
    encode_cursor,
    etag,
    idempotent,
)
from shared.http.etags import seen_version

blueprint = Blueprint("kiosks", __name__, url_prefix="/api/v1/kiosks", description="自助机 · Kiosks of the branch")

EXAMPLE = {"label": "正门左侧"}
MOST_TYPED = 16


class KioskIn(InputSchema):
    """What people call the device."""

    label = Text(LABEL_LENGTH, required=True, metadata={"examples": ["正门左侧"]})


class CodeIn(InputSchema):
    """The code as it was typed; small letters, spaces and dashes do not matter. ``label``: instead of the admin's."""

    code = Text(MOST_TYPED, required=True, metadata={"examples": ["7KQM-2XWD"]})
    label = Text(LABEL_LENGTH, allow_none=True, load_default=None)


class KiosksQuery(QuerySchema):
    """A page of the list."""

    after = ma.fields.String(load_default=None)
    limit = Limit()


class CodeOut(OutputSchema):
    """To be typed in at the machine; shown this once."""

    code = ma.fields.String(required=True)
    expires_at = Instant(required=True)


class EnrolledOut(OutputSchema):
    """The key is shown this once."""

    shows = {"key": "yb_kiosk_…"}
    kiosk_id = ma.fields.String(required=True)
    key = ma.fields.String(required=True)


class EnrolledByCodeOut(EnrolledOut):
    """The same, and the branch that the machine now belongs to."""

    branch = ma.fields.String(required=True)


class KioskOut(OutputSchema):
    """A kiosk. ``last_seen_at`` to the minute, null when it never sent anything; ``revoked_at`` null while it works."""

    kiosk_id = ma.fields.String(required=True, attribute="id")
    label = ma.fields.String(required=True)
    enrolled_at = Instant(required=True)
    last_seen_at = Instant(required=True, allow_none=True)
    revoked_at = Instant(required=True, allow_none=True)
    version = ma.fields.Integer(required=True)


class RenamedOut(KioskOut):
    """What a change of the name answers."""

    class Meta:
        exclude = ("last_seen_at",)


class KiosksOut(OutputSchema):
    """One page."""

    kiosks = ma.fields.List(ma.fields.Nested(KioskOut), required=True)
    next = ma.fields.String(required=True, allow_none=True)


@blueprint.route("", methods=["GET"])
@needs("staff")
@action("kiosks.read")
@blueprint.arguments(KiosksQuery, location="query")
@blueprint.response(200, KiosksOut)
def list_kiosks(query: dict[str, Any]) -> dict[str, Any]:
    """The branch's kiosks, the oldest first, revoked ones too."""
    cursor = decode_cursor(query["after"], str)
    with reader() as session:
        found = queries.page(session, cursor[0] if cursor else None, query["limit"] + 1)
    shown = found[: query["limit"]]
    fields = ("id", "label", "enrolled_at", "revoked_at", "version")
    return {
        "kiosks": [
            {**{name: getattr(kiosk, name) for name in fields}, "last_seen_at": seen} for kiosk, seen in shown
        ],
        "next": encode_cursor(shown[-1].kiosk.id) if len(found) > len(shown) else None,
    }  # fmt: skip


@blueprint.route("", methods=["POST"])
@needs("staff")
@blueprint.arguments(KioskIn, example=EXAMPLE)
@idempotent(secret=True)
@blueprint.response(201, EnrolledOut)
def enrol(given):
    """Enrol a kiosk for the own branch."""
    return actions.enrol(given["label"])._asdict()


@blueprint.route("/codes", methods=["POST"])
@needs("staff")
@blueprint.arguments(KioskIn, example=EXAMPLE)
@idempotent(secret=True)
@blueprint.response(201, CodeOut)
def make_code(given):
    """A code for one machine: works once, within ten minutes (R12.1)."""
    return actions.make_code(given["label"])._asdict()


@blueprint.route("/enrolments", methods=["POST"])
@blueprint.arguments(CodeIn, example={"code": "7KQM-2XWD"})
@blueprint.response(201, EnrolledByCodeOut)
@blueprint.gives(410, "kiosk-code-spent")
@blueprint.gives(422, "kiosk-code-wrong")
def enrol_by_code(given):
    """A machine turns a code into its key. 422 `kiosk-code-wrong`, 410 `kiosk-code-spent`, 429 after five wrong ones.

    An answer that got lost is not given again (the key is kept nowhere): the administrator makes another code.
    """
    made, branch = enrolling.enrol(given["code"], given["label"], request.remote_addr or "")
    return {**made._asdict(), "branch": branch}


@blueprint.route("/<kiosk_id>", methods=["PATCH"])
@needs("staff")
@blueprint.arguments(KioskIn, example=EXAMPLE)
@blueprint.response(200, RenamedOut)
def rename(given, kiosk_id):
    """Give a kiosk of the own branch another name. 428 without If-Match, 412 when it has changed meanwhile."""
    kiosk = actions.rename(kiosk_id, given["label"], seen_version())
    return kiosk, 200, {"ETag": etag(kiosk.version)}


@blueprint.route("/<kiosk_id>", methods=["DELETE"])
@needs("staff")
@blueprint.response(204)
def revoke(kiosk_id):
    """Revoke a kiosk of the own branch."""
    actions.revoke(kiosk_id)
