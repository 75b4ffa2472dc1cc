"""What the strict reader takes, so that strictness never becomes refusal of good input."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.problems import Problem
from shared.http.strict_json import parse_object

GOOD_TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | GOOD_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(GOOD_TEXT, inner, max_size=4),
    max_leaves=12,
)


def tried(body: bytes) -> type | int:
    """The type that was read, or the status of the problem."""
    try:
        return type(parse_object(body))
    except Problem as problem:
        return problem.status


@given(st.dictionaries(GOOD_TEXT, VALUES, max_size=5), st.booleans())
def test_every_good_object_comes_back_equal(value: dict[str, object], escaped: bool) -> None:
    assert parse_object(json.dumps(value, ensure_ascii=escaped).encode()) == value


@given(st.binary(max_size=200))
def test_no_bytes_bring_anything_but_an_object_or_a_problem(body: bytes) -> None:
    assert tried(body) in (dict, 400, 422)


@given(st.text('[]{}",:\\a1 ', max_size=80))
def test_brackets_in_any_order_are_no_danger(text: str) -> None:
    assert tried(text.encode()) in (dict, 400)


def test_twenty_levels_pass_and_brackets_in_texts_do_not_count() -> None:
    body = b'{"a":' + b"[" * 19 + b"]" * 19 + b"}"
    assert parse_object(body)["a"]
    assert parse_object(json.dumps({"a": "[" * 500 + '\\"' + "{" * 500}).encode())["a"].startswith("[[")


@pytest.mark.parametrize(
    "name", ["欧阳娜娜", "阿卜杜拉·买买提", "José", "𠮷野家", "李😀", "<script>", "=1+1", "O'Brien\t\n"]
)
def test_names_of_people_pass_as_they_are(name: str) -> None:
    for escaped in (True, False):
        assert parse_object(json.dumps({"name": name}, ensure_ascii=escaped).encode()) == {"name": name}


def test_faults_of_several_texts_come_at_once_with_their_places() -> None:
    with pytest.raises(Problem) as caught:
        parse_object(b'{"a": "\\u0000", "b": [{"c/d": "\\u202e"}, "\\ud800"]}')
    assert [(e.pointer, e.code) for e in caught.value.errors] == [
        ("/a", "text.control"), ("/b/0/c~1d", "text.control"), ("/b/1", "text.encoding"),
    ]  # fmt: skip
