"""Branches to read."""

from __future__ import annotations

import marshmallow as ma

from services.reception.branches import queries
from shared.access import current_actor, needs_any
from shared.db import reader
from shared.events import GROUP
from shared.http import Blueprint, Limit, OutputSchema, QuerySchema, decode_cursor, encode_cursor

blueprint = Blueprint("branches", __name__, url_prefix="/api/v1/branches", description="Branches of the group")


class BranchesQuery(QuerySchema):
    """A page of the list."""

    after = ma.fields.String(load_default=None)
    limit = Limit()


class HolidayOut(OutputSchema):
    """A span of public holiday, weekends included."""

    shows = {"name": "国庆节", "from": "2026-10-01", "to": "2026-10-08"}
    name = ma.fields.String(required=True)
    from_ = ma.fields.String(required=True, data_key="from", attribute="from")
    to = ma.fields.String(required=True)


class BranchOut(OutputSchema):
    """A branch; hours are wall clock of its zone."""

    shows = {
        "hours": {"mon": [["08:30", "17:30"]]}, "makeup_workdays": ["2026-10-10"], "closing_days": ["2026-12-31"],
        "name": "北京朝阳店",
    }  # fmt: skip
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    letter = ma.fields.String(required=True)
    zone = ma.fields.String(required=True)
    hours = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.List(ma.fields.List(ma.fields.String())), required=True
    )
    public_holidays = ma.fields.List(ma.fields.Nested(HolidayOut), required=True)
    makeup_workdays = ma.fields.List(ma.fields.String(), required=True)
    closing_days = ma.fields.List(ma.fields.String(), required=True)
    version = ma.fields.Integer(required=True)


class BranchesOut(OutputSchema):
    """One page."""

    branches = ma.fields.List(ma.fields.Nested(BranchOut), required=True)
    next = ma.fields.String(required=True, allow_none=True)


@blueprint.route("", methods=["GET"])
@needs_any(("staff", None), ("hq", None), ("service", None))
@blueprint.arguments(BranchesQuery, location="query")
@blueprint.response(200, BranchesOut)
def list_branches(query):
    """The branches: all for headquarters and services, their own for staff of a branch."""
    own = current_actor().branch
    cursor = decode_cursor(query["after"], str)
    with reader() as session:
        only = None if own == GROUP else own
        found = queries.page(session, cursor[0] if cursor else None, query["limit"] + 1, only)
    shown = found[: query["limit"]]
    return {
        "branches": [{**view.payload(), "version": view.version} for view in shown],
        "next": encode_cursor(shown[-1].code) if len(found) > len(shown) else None,
    }
