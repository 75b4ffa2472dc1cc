"""Headings: Chinese or English, guessed or said; what is unknown or missing is named."""

from __future__ import annotations

import pytest

from shared.importing import Column, FileFault, Layout, cells

LAYOUT = Layout(
    (
        Column("external_id", cells.text(20), ("Call Id", "编号")),
        Column("agent", cells.text(20), ("Agent", "坐席")),
        Column("date", cells.day, ("Date", "日期"), needed=False),
        Column("time", cells.clock_time, ("Time", "时刻"), needed=False),
        Column("moment", cells.moment, ("来电时间",), needed=False),
        Column("note", cells.text(20), ("Note", "备注"), needed=False, empty=True, neutral=True),
    ),
    one_of=(frozenset({"date", "time"}), frozenset({"moment"})),
)


def refused(*headings: str, **mapping: str | None) -> tuple[str, str]:
    with pytest.raises(FileFault) as fault:
        LAYOUT.find(headings, mapping)
    return fault.value.code, fault.value.params["names"]


@pytest.mark.parametrize("headings", [
    ("Call Id", "Agent", "Date", "Time"), ("call_id", "AGENT ", "date", "TIME"), ("编号", "坐席", "日期", "时刻"),
    ("ｃａｌｌ　ｉｄ", "坐席", "日期：", "时刻"), ("external_id", "agent", "date", "time"),
])  # fmt: skip
def test_headings_are_known_in_both_languages_however_they_are_set(headings: tuple[str, ...]) -> None:
    found = LAYOUT.find(headings, {})
    assert list(found.mapping.values()) == ["external_id", "agent", "date", "time"]


def test_the_mapping_says_what_a_strange_heading_means_and_what_is_left_out() -> None:
    found = LAYOUT.find(["No.", "Who", "来电时间", "Colour"], {"No.": "external_id", "Who": "agent", "Colour": None})
    assert found.mapping == {"No.": "external_id", "Who": "agent", "来电时间": "moment"}
    assert found.read(["A1", "王芳", "2021-01-01 9:00", "red"])[1] == []


def test_unknown_missing_and_doubled_headings_are_named() -> None:
    assert refused("Call Id", "Agent", "来电时间", "Colour", "颜色") == ("heading.unknown", "“Colour”, “颜色”")
    assert refused("Call Id", "来电时间") == ("heading.missing", "“agent”")
    assert refused("Call Id", "Agent", "Date") == ("heading.missing", "“date + time”")
    assert refused("Call Id", "编号", "Agent", "来电时间") == ("heading.twice", "“Call Id”, “编号”")


def test_a_mapping_of_headings_that_the_file_lacks_is_refused() -> None:
    assert refused("Call Id", "Agent", "来电时间", Nobody="agent") == ("heading.not_found", "“Nobody”")


def test_all_faults_of_a_row_come_at_once_with_their_fields() -> None:
    found = LAYOUT.find(["编号", "坐席", "日期", "时刻"], {})
    values, faults = found.read(["", "=cmd()", "gestern", "9:00", "and more"])
    assert [(field, fault.code) for field, fault in faults] == [
        ("external_id", "cell.required"), ("agent", "cell.formula"), ("date", "cell.date"), (None, "row.too_long"),
    ]  # fmt: skip
    assert values == {"time": cells.clock_time("9:00")}


def test_a_note_keeps_what_begins_like_a_formula_and_may_be_missing() -> None:
    found = LAYOUT.find(["编号", "坐席", "来电时间", "备注"], {})
    assert found.read(["A1", "x", "2021-01-01 9:00", "=see below"])[0]["note"] == "=see below"
    assert found.read(["A1", "x", "2021-01-01 9:00"])[0]["note"] is None


def test_one_heading_for_two_fields_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="means both"):
        Layout((Column("a", cells.text(1), ("Name",)), Column("b", cells.text(1), ("NAME",))))
