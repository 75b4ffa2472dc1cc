"""The feed as CSV: RFC 4180, the same columns for good, nothing that a spreadsheet would calculate."""

from __future__ import annotations

import csv
import io
import json

import pytest

from services.reporting.feed.csv_lines import COLUMNS, cell, lines

EVENT = {
    "specversion": "1.0",
    "position": 7,
    "sourceposition": 3,
    "source": "/services/reception",
    "id": "abc",
    "type": "reception.visit.left.v1",
    "subject": "visit/1",
    "time": "2026-11-23T10:00:00.000000Z",
    "branchid": "bj",
    "subjectversion": 2,
    "epoch": "e",
    "sourceepoch": "s",
    "data": {"ticket": "A013", "why": '太久,"no"\r\n'},
}


def test_the_columns_stand_in_the_order_they_always_had() -> None:
    assert lines([]) == ",".join(COLUMNS) + "\r\n"
    assert COLUMNS[:8] == ("position", "sourceposition", "source", "id", "type", "subject", "time", "branchid")


def test_a_reader_of_csv_gets_back_what_was_written() -> None:
    text = lines([EVENT])
    assert text.endswith("\r\n")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert json.loads(row["data"]) == EVENT["data"]
    assert row["data"].startswith('{"ticket":"A013"')
    assert (row["position"], row["previd"], row["correlationid"]) == ("7", "", "")


@pytest.mark.parametrize(
    "text", ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"]
)
def test_what_a_spreadsheet_would_calculate_is_marked_as_text(text: str) -> None:
    assert cell(text) == "'" + text


@pytest.mark.parametrize(("value", "written"), [(None, ""), (7, "7"), ("visit/1", "visit/1"), ("a=b", "a=b"), ("", "")])
def test_everything_else_is_written_as_it_is(value: object, written: str) -> None:
    assert cell(value) == written
