"""Calls by API: one, the log, a list of them."""

from __future__ import annotations

from typing import Any

from services.reception.calls import actions, queries
from services.reception.calls.schemas import EXAMPLE, CallIn, CallOut, CallsOut, CallsQuery
from services.reception.calls.settings import IMPORT_LIMIT_MIB
from shared import clock, settings
from shared.access import action, current_actor, needs
from shared.db import reader
from shared.http import Blueprint, decode_cursor, encode_cursor, idempotent
from shared.importing.upload import FORM, IMPORT_EXAMPLE, MEBIBYTE, ImportForm, Planned, follow, takes_file

calls = Blueprint("calls", __name__, url_prefix="/api/v1/calls", description="来电登记 · telephone calls")
imports = Blueprint("calls_import", __name__, url_prefix="/api/v1/imports", description="来电导入 · lists of calls")
blueprint = (calls, imports)


@calls.route("", methods=["POST"])
@needs("staff")
@calls.arguments(CallIn, example=EXAMPLE)
@idempotent
@calls.response(201, CallOut)
@calls.gives(409, "call-exists")
@calls.gives(422, "unknown-reference")
def log_call(body: dict[str, Any]) -> dict[str, Any]:
    """Log a call of this branch (R3.1). 409 `call-exists` when the external id is known, 422 `unknown-reference`."""
    body["agent_id"] = body["agent_id"] or current_actor().id
    return actions.log_call(**body)


@calls.route("")
@needs("staff")
@action("calls.log")
@calls.arguments(CallsQuery, location="query")
@calls.response(200, CallsOut)
def list_calls(query: dict[str, Any]) -> dict[str, Any]:
    """The call log of this branch, the latest first."""
    cursor = decode_cursor(query["after"], str, str)
    before = (clock.parse(cursor[0]), cursor[1]) if cursor else None
    limit = query["limit"]
    with reader() as session:
        found = queries.latest(session, limit + 1, before)
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return {"calls": shown, "next": encode_cursor(clock.wire(last.occurred_at), last.id) if last else None}


def _limit() -> int:
    with reader() as session:
        return settings.value(session, IMPORT_LIMIT_MIB) * MEBIBYTE


@imports.route("/calls", methods=["POST"])
@needs("staff")
@action("calls.import")
@takes_file(_limit, most=(IMPORT_LIMIT_MIB.most or 0) * MEBIBYTE)
@imports.arguments(ImportForm, location="form", content_type=FORM, example=IMPORT_EXAMPLE)
@idempotent
@imports.response(202, Planned)
@imports.gives(422, "unknown-reference")
def import_calls(form: dict[str, Any], file_id: str) -> tuple[dict[str, str], dict[str, str]]:
    """Import a telephone system's list (CSV or .xlsx) into one's branch; follow the job at `status_url` (R3.1).

    A row that is wrong stops it before anything is written, unless `on_error` is `skip`. Running it again adds nothing.
    """
    return follow("reception", actions.plan_import(file_id=file_id, **form))
