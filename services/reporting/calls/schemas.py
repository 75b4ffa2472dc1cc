"""What the report of calls is asked for, and what it answers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from services.reporting.calls.queries import GROUPINGS
from services.reporting.queries_in import LenientQuery
from shared.http import Choice, Code, Day, OutputSchema


class CallsQuery(LenientQuery):
    """Which calls, and what a row stands for. Both days are included; without them there is no bound."""

    branch = Code(load_default=None, metadata={"description": "Without it the whole group."})
    first = Day(load_default=None, data_key="from")
    last = Day(load_default=None, data_key="to")
    by = Choice(tuple(GROUPINGS), load_default="day")

    @ma.validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """A span that ends before it begins is a mistake, not an empty answer."""
        if data["first"] and data["last"] and data["first"] > data["last"]:
            raise ma.ValidationError({"to": ["date.range"]})


def _mean(meaning: str) -> ma.fields.Float:
    return ma.fields.Float(required=True, allow_none=True, metadata={"description": f"{meaning}; null without any."})


class CallRowOut(OutputSchema):
    """One agent, day or topic."""

    key = ma.fields.String(required=True, metadata={"description": "The agent's staff id, the local day or the topic."})
    label = ma.fields.String(metadata={"description": "The agent's label, for keys with the scope `staff.labels`."})
    calls = ma.fields.Integer(required=True)
    answered = ma.fields.Integer(required=True)
    mean_answer_seconds = _mean("Seconds until answered, over the answered calls that have them")
    mean_talk_seconds = _mean("Seconds talked, over the answered calls that have them")
    mean_rating = _mean("Rating 1 to 5, over the answered calls that have one")


class CallsReportOut(OutputSchema):
    """Rows in the order of their key."""

    rows = ma.fields.List(ma.fields.Nested(CallRowOut), required=True)


EXAMPLE = {
    "rows": [
        {
            "key": "2021-01-01", "calls": 36, "answered": 30, "mean_answer_seconds": 67.6, "mean_talk_seconds": 224.5,
            "mean_rating": 3.4,
        }
    ]
}  # fmt: skip
