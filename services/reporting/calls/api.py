"""The door of the report of calls."""

from __future__ import annotations

from dataclasses import asdict

from services.reporting.calls import queries
from services.reporting.calls.schemas import EXAMPLE, CallsQuery, CallsReportOut
from services.reporting.staff_labels import labels_of
from shared import branches
from shared.access import current_actor, needs
from shared.db import reader
from shared.http import Blueprint, Problem

blueprint = Blueprint("calls_report", __name__, url_prefix="/api/v1/reports", description="来电报表 · Calls")


@blueprint.route("/calls")
@needs("hq", scope="reports")
@blueprint.arguments(CallsQuery, location="query")
@blueprint.response(200, CallsReportOut, example=EXAMPLE)
@blueprint.gives(404, "unknown-branch")
def calls(query: dict) -> dict:
    """Calls, answered calls and their means per agent, day or topic (R3.1, T1.1). 404 `unknown-branch`.

    By agent, rows carry the staff id; a label only for a key with the scope `staff.labels`.
    """
    with reader() as session:
        if query["branch"] is not None and not branches.known(session, query["branch"]):
            raise Problem(404, "unknown-branch")
        found = queries.report(session, query["by"], query["branch"], query["first"], query["last"])
        rows = [asdict(row) for row in found]
        if query["by"] == "agent" and "staff.labels" in current_actor().scopes:
            labels = labels_of(session, [row.key for row in found])
            rows = [{**row, **({"label": labels[row["key"]]} if row["key"] in labels else {})} for row in rows]
    return {"rows": rows}
