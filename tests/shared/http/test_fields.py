"""What fields take and turn into; what they refuse stands in the bad-input catalogue."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import marshmallow as ma
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from shared.http.fields import Choice, Code, Day, Flag, Identity, Instant, Limit, Text, Whole
from tests.shared.http.bad_inputs import CATALOGUE


def code_of(field: ma.fields.Field, value: Any) -> str:
    with pytest.raises(ma.ValidationError) as caught:
        field.deserialize(value)
    return str(caught.value.messages[0])


@pytest.mark.parametrize(
    "name", ["欧阳娜娜", "阿卜杜拉·买买提", "José", "𠮷野家", "李😀", "=1+1", "<script>", "O'Brien"]
)
def test_names_pass_unchanged(name: str) -> None:
    assert Text(64).deserialize(name) == name


def test_outer_spaces_go_and_letters_are_composed() -> None:
    assert Text(64).deserialize("\u3000 Jose\u0301 \n") == "José"


def test_length_counts_code_points() -> None:
    assert Text(4).deserialize("𠮷😀𠮷😀") == "𠮷😀𠮷😀"
    assert code_of(Text(3), "𠮷😀𠮷😀") == "text.too_long"
    assert code_of(Text(64), "x" * 65) == "text.too_long"


def test_a_text_of_lines_may_break_and_one_of_a_line_may_not() -> None:
    assert Text(64, lines=True).deserialize("a\nb\tc") == "a\nb\tc"
    assert code_of(Text(64), "a\nb") == "text.control"
    assert code_of(Text(64, lines=True), "a\u202eb") == "text.control"


@given(st.text(max_size=80))
def test_whatever_passes_is_storable_and_passes_again(text: str) -> None:
    field = Text(64, lines=True)
    try:
        found = field.deserialize(text)
    except ma.ValidationError:
        return
    assert found == field.deserialize(found)
    assert 0 < len(found) <= 64
    assert "\0" not in found
    assert found.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-23T10:00:00+08:00", datetime(2026, 11, 23, 2, tzinfo=UTC)),
        ("2026-11-23T02:00:00Z", datetime(2026, 11, 23, 2, tzinfo=UTC)),
        ("2026-11-23t02:00:00.5z", datetime(2026, 11, 23, 2, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-11-23T02:00:00.123456Z", datetime(2026, 11, 23, 2, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-11-22T20:30:00-05:30", datetime(2026, 11, 23, 2, tzinfo=UTC)),
    ],
)
def test_instants_become_utc(text: str, instant: datetime) -> None:
    assert Instant().deserialize(text) == instant


def test_instants_stay_within_their_bounds() -> None:
    field = Instant(past=timedelta(days=7), future=timedelta(seconds=60))
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC), tick=False):
        assert field.deserialize("2026-11-23T10:01:00Z")
        assert code_of(field, "2026-11-23T10:01:01Z") == "time.range"
        assert code_of(field, "2026-11-16T09:59:59Z") == "time.range"


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(8999, 1, 1)))
def test_an_instant_written_is_read_back(moment: datetime) -> None:
    field, value = Instant(), moment.replace(tzinfo=UTC)
    assert field.deserialize(field.serialize("at", {"at": value})) == value


MADE: dict[str, ma.fields.Field] = {
    "Text": Text(64), "Instant": Instant(), "Whole": Whole(1, 99), "Choice": Choice(("a",)), "Code": Code(),
    "Identity": Identity(), "Flag": Flag(), "Day": Day(),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(MADE))
def test_every_kind_of_field_refuses_its_part_of_the_catalogue(kind: str) -> None:
    for case in CATALOGUE["fields"][kind]:
        value = case["repeat"][0] * case["repeat"][1] if "repeat" in case else case["value"]
        found = code_of(MADE[kind], value)
        assert found == case.get("code", found), case


def test_good_values_pass() -> None:
    assert Whole(1, 99).deserialize(7) == 7
    assert Limit().deserialize("1000000000") == 200
    assert Limit(most=1000).deserialize("999") == 999
    assert Code().deserialize("bj-chaoyang") == "bj-chaoyang"
    assert Choice(("calm",), allow_none=True).deserialize(None) is None
    assert Flag().deserialize(False) is False
    assert Flag(query=True).deserialize("true") is True
    assert Day().deserialize("2026-11-23") == date(2026, 11, 23)
    assert Identity().deserialize("0199f0a0-0000-7000-8000-000000000001")


@pytest.mark.parametrize("text", ["a" * 28 + "!", "a" * 65536, "京" * 65536, "\u0301" * 65536, "9" * 65536])
def test_no_text_takes_long_to_refuse(text: str) -> None:
    import time

    started = time.perf_counter()
    for field in (Text(64), Code(), Instant(), Identity(), Day(), Whole(query=True), Choice(("a",))):
        with pytest.raises(ma.ValidationError):
            if len(text) < 64 and isinstance(field, Text):
                raise ma.ValidationError("fits")
            field.deserialize(text)
    assert time.perf_counter() - started < 0.5
