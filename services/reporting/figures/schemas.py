"""What the day report is asked for, and what it answers."""

from __future__ import annotations

from datetime import date

import marshmallow as ma

from services.reporting.queries_in import LenientQuery
from shared.http import Code, Day, OutputSchema
from shared.http.fields import FieldFault

_FIRST, _LAST = date(1970, 1, 1), date(2999, 12, 31)


def _in_range(day: date) -> None:
    # The ends of the calendar have no instants in every zone.
    if not _FIRST <= day <= _LAST:
        raise FieldFault("date.range")


class DayQuery(LenientQuery):
    """Which branch, which local day of it."""

    branch = Code(required=True)
    date = Day(required=True, validate=_in_range)


class FigureOut(OutputSchema):
    """One figure. `value` is null where nothing can be said, which is not 0; `n` is how many facts stand behind it."""

    kpi = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    value = ma.fields.Raw(required=True, allow_none=True, metadata={"type": ["number", "null"]})
    unit = ma.fields.String(required=True)
    n = ma.fields.Integer(required=True)


class DayReportOut(OutputSchema):
    """All figures of the KPI book."""

    branch = ma.fields.String(required=True)
    date = ma.fields.Date(required=True)
    figures = ma.fields.List(ma.fields.Nested(FigureOut), required=True)


EXAMPLE = {
    "branch": "bj-chaoyang",
    "date": "2026-11-23",
    "figures": [
        {"kpi": "visits", "version": 1, "value": 42, "unit": "count", "n": 42},
        {"kpi": "on_time_rate", "version": 1, "value": 92.9, "unit": "percent", "n": 14},
        {"kpi": "greet_wait_mean_minutes", "version": 1, "value": None, "unit": "minutes", "n": 0},
    ],
}
