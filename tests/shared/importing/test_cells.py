"""Single cells: what people write becomes one value, or a fault that says what was expected."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from shared.importing import CellFault, cells
from shared.importing.cells import ERROR_VALUE, FORMULA, prepare


@pytest.mark.parametrize("raw", [
    "=1+1", "+cmd|'/c calc'!A1", "-2+3", "@SUM(A1)", "＝1+1", "\t=1", " =HYPERLINK(\"x\")", FORMULA,
])  # fmt: skip
def test_what_a_spreadsheet_would_run_is_refused(raw: Any) -> None:
    with pytest.raises(CellFault) as fault:
        prepare(raw)
    assert fault.value.code == "cell.formula"


@pytest.mark.parametrize(("raw", "found"), [
    ("-5", "-5"), ("+86", "+86"), ("-1.5", "-1.5"), ("  北京 ", "北京"), ("ＡＢ１", "AB1"),
    ("—", None), ("-", None), ("", None), (None, None), ("N/A", None), (7, 7), ("o'Neil", "o'Neil"),
])  # fmt: skip
def test_plain_cells_are_taken_as_they_are_meant(raw: Any, found: Any) -> None:
    assert prepare(raw) == found


def test_a_note_may_begin_like_a_formula() -> None:
    assert prepare("=not a formula", neutral=True) == "=not a formula"


@pytest.mark.parametrize(("raw", "code"), [
    ("a\x00b", "cell.control"), ("a\u202eb", "cell.control"), ("a\u200bb", "cell.control"), ("a\nb", "cell.control"),
    ("x" * 3000, "cell.too_long"), (ERROR_VALUE, "cell.error_value"),
])  # fmt: skip
def test_what_cannot_be_meant_is_refused(raw: Any, code: str) -> None:
    with pytest.raises(CellFault) as fault:
        prepare(raw)
    assert fault.value.code == code


READ = {
    "day": (cells.day, [
        ("2021-01-01", date(2021, 1, 1)), ("2021/1/1", date(2021, 1, 1)), ("2021年1月1日", date(2021, 1, 1)),
        ("20210101", date(2021, 1, 1)), (date(2021, 1, 1), date(2021, 1, 1)),
        (datetime(2021, 1, 1), date(2021, 1, 1)),
    ], ["01/02/2021", "2021-13-01", "2021-02-29", "today", datetime(2021, 1, 1, 5), True]),
    "clock_time": (cells.clock_time, [
        ("9:12:58", time(9, 12, 58)), ("09:12", time(9, 12)), (time(9, 12), time(9, 12)),
        ("9:12:58.9", time(9, 12, 58)), (timedelta(hours=9), time(9)),
    ], ["24:00", "9", "9:60", "9.12", 0.5, "９：１２x"]),
    "moment": (cells.moment, [
        ("2021-01-01 9:12:58", datetime(2021, 1, 1, 9, 12, 58)), ("2021/1/1 9:12", datetime(2021, 1, 1, 9, 12)),
        (datetime(2021, 1, 1, 9, 12, 58, 7), datetime(2021, 1, 1, 9, 12, 58)),
    ], ["2021-01-01", "9:12", "2021-01-01 25:00", 44197.5]),
    "duration": (cells.duration_seconds(86400), [
        ("0:02:23", 143), ("143", 143), (143, 143), (timedelta(minutes=2, seconds=23), 143), (time(0, 2, 23), 143),
        ("10:00:00", 36000), (143.0, 143),
    ], ["2:23", "0:60:00", "two minutes", -1, "-1", "100:00:00", 0.5]),
    "whole": (cells.whole(1, 5), [("3", 3), (3, 3), (3.0, 3), ("3.0", 3)], ["0", "6", "3.5", "three", True, "３x"]),
    "yes_no": (cells.yes_no, [
        ("Y", True), ("n", False), ("是", True), ("否", False), ("已接", True), (1, True), (0.0, False), (True, True),
        ("TRUE", True),
    ], ["maybe", "2", 2]),
    "text": (cells.text(5), [("abc", "abc"), (12, "12"), (12.0, "12")], ["abcdef"]),
}  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "found"), [(n, r, f) for n, (_, good, _) in READ.items() for r, f in good])
def test_ways_to_write_a_value(name: str, raw: Any, found: Any) -> None:
    assert READ[name][0](prepare(raw)) == found


@pytest.mark.parametrize(("name", "raw"), [(name, raw) for name, (_, _, bad) in READ.items() for raw in bad])
def test_what_is_no_such_value(name: str, raw: Any) -> None:
    with pytest.raises(CellFault):
        READ[name][0](prepare(raw))


def test_a_local_time_becomes_an_instant_of_its_zone() -> None:
    found = cells.instant(datetime(2021, 1, 1, 9, 12, 58), "Asia/Shanghai")
    assert found == datetime(2021, 1, 1, 1, 12, 58, tzinfo=UTC)


def test_an_hour_that_comes_twice_is_taken_the_first_time() -> None:
    assert cells.instant(datetime(2021, 10, 31, 2, 30), "Europe/Berlin") == datetime(2021, 10, 31, 0, 30, tzinfo=UTC)


def test_an_hour_that_never_comes_is_refused() -> None:
    with pytest.raises(CellFault) as fault:
        cells.instant(datetime(2021, 3, 28, 2, 30), "Europe/Berlin")
    assert fault.value.code == "time.nonexistent"
