"""The door of the day report."""

from __future__ import annotations

from services.reporting.figures import queries
from services.reporting.figures.schemas import EXAMPLE, DayQuery, DayReportOut
from shared import branches
from shared.access import needs
from shared.db import reader
from shared.http import Blueprint, Problem

blueprint = Blueprint("day_report", __name__, url_prefix="/api/v1/reports", description="日报 · The day report")


@blueprint.route("/day")
@needs("hq", scope="reports")
@blueprint.arguments(DayQuery, location="query")
@blueprint.response(200, DayReportOut, example=EXAMPLE)
@blueprint.gives(404, "unknown-branch")
def day(query: dict) -> dict:
    """Every figure of one branch and local day, always current (T1.1). 404 `unknown-branch`."""
    with reader() as session:
        try:
            zone = branches.get(session, query["branch"]).zone
        except branches.UnknownBranch:
            raise Problem(404, "unknown-branch") from None
        figures = queries.day_report(session, query["branch"], query["date"], zone)
    return {"branch": query["branch"], "date": query["date"], "figures": figures}
