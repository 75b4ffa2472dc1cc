"""The KPI book as it is told."""

from __future__ import annotations

import marshmallow as ma

from shared.http import OutputSchema


class WordsOut(OutputSchema):
    """The same in both languages."""

    shows = {"zh": "到店批次", "en": "Visits"}
    zh = ma.fields.String(required=True)
    en = ma.fields.String(required=True)


class KpiOut(OutputSchema):
    """One line of the book."""

    shows = {"id": "visits", "unit": "count", "better": "higher", "source_events": ["reception.visit.checked_in.v1"]}
    id = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    name = ma.fields.Nested(WordsOut, required=True)
    formula = ma.fields.Nested(WordsOut, required=True)
    unit = ma.fields.String(required=True)
    decimals = ma.fields.Integer(required=True)
    better = ma.fields.String(required=True)
    source_events = ma.fields.List(ma.fields.String(), required=True)


class BookOut(OutputSchema):
    """All lines, in the order of reports."""

    kpis = ma.fields.List(ma.fields.Nested(KpiOut), required=True)
