"""Who is in the house, for the service desk."""

from __future__ import annotations

from typing import Any

from services.appointments.arrivals import queries
from services.appointments.arrivals.schemas import ArrivalsOut, ArrivalsQuery
from shared import clock
from shared.access import action, needs
from shared.db import reader
from shared.http import Blueprint, decode_cursor, encode_cursor

blueprint = Blueprint("arrivals", __name__, url_prefix="/api/v1/arrivals", description="来店 · visits in the house")


@blueprint.route("")
@needs("staff")
@action("arrivals.read")
@blueprint.arguments(ArrivalsQuery, location="query")
@blueprint.response(200, ArrivalsOut)
def list_arrivals(query: dict[str, Any]) -> dict[str, Any]:
    """Visits of this branch that are neither served to the end nor left, in the order of arrival."""
    cursor = decode_cursor(query["after"], str, str)
    after = (clock.parse(cursor[0]), cursor[1]) if cursor else None
    limit = query["limit"]
    with reader() as session:
        found = queries.in_house(session, limit + 1, after)
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    following = encode_cursor(clock.wire(last.checked_in_at), last.visit_id) if last else None
    return {"arrivals": shown, "next": following}
