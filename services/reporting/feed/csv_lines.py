"""The feed as CSV (RFC 4180), safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

COLUMNS = (
    "position",
    "sourceposition",
    "source",
    "id",
    "type",
    "subject",
    "time",
    "branchid",
    "subjectversion",
    "epoch",
    "sourceepoch",
    "previd",
    "correlationid",
    "causationid",
    "data",
)
"""In this order for good: a new column goes to the end."""

# What a spreadsheet takes for a formula, also in full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """One cell: nothing for None, and a text that a spreadsheet would calculate is marked as text."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def lines(events: Iterable[dict]) -> str:
    """Heading and one line per event, each ended by CR LF; ``data`` is compact JSON, empty where there is none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for event in events:
        flat = dict(event)
        if "data" in flat:
            flat["data"] = json.dumps(flat["data"], ensure_ascii=False, separators=(",", ":"))
        writer.writerow([cell(flat.get(column)) for column in COLUMNS])
    return out.getvalue()
