"""The quick way to read a body gives what marshmallow gives, value for value and fault for fault."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from hypothesis import given
from hypothesis import strategies as st

from shared.http import Choice, Flag, InputSchema, Instant, Text, Whole


class Consent(InputSchema):
    version = Text(10, required=True)
    purposes = ma.fields.List(Choice(("a", "b")), load_default=list)


class Body(InputSchema):
    name = Text(10)
    count = Whole(1, 9, required=True)
    late = Flag(load_default=False)
    at = Instant(allow_none=True, load_default=None)
    said = Text(10, data_key="Said", attribute="words")
    consent = ma.fields.Nested(Consent)
    tags = ma.fields.List(Text(5), validate=ma.validate.Length(max=2))


class Hooked(Body):
    @ma.post_load
    def marked(self, data: dict[str, Any], **unused: Any) -> dict[str, Any]:
        return {**data, "marked": True}


TEXTS = st.sampled_from(["", "a", "b", " x ", "欧阳", "y" * 11, "2026-11-23T10:00:00Z"])
ANY = st.one_of(st.none(), st.booleans(), st.integers(-1, 10), TEXTS, st.lists(TEXTS, max_size=3))
CONSENTS = st.one_of(ANY, st.fixed_dictionaries({}, optional={"version": ANY, "purposes": ANY, "more": ANY}))
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXTS | ANY, "count": st.integers(0, 10) | ANY, "late": st.booleans() | ANY, "at": TEXTS | ANY,
        "Said": TEXTS, "words": ANY, "consent": CONSENTS, "tags": st.lists(TEXTS, max_size=3), "unknown": ANY,
    },
)  # fmt: skip


def outcome(load: Any, body: Any) -> Any:
    try:
        return load(body)
    except ma.ValidationError as error:
        return error.messages


@given(BODIES)
def test_quick_or_not_the_outcome_is_the_same(body: dict[str, Any]) -> None:
    schema = Body()
    assert outcome(schema.load, body) == outcome(lambda data: ma.Schema.load(schema, data), body)


def test_a_good_body_is_read_quickly() -> None:
    schema = Body()
    schema._do_load = None  # type: ignore[assignment,method-assign]
    read = schema.load({"count": 2, "consent": {"version": "1"}, "Said": "x"})
    assert read == {
        "count": 2, "consent": {"version": "1", "purposes": []}, "words": "x", "late": False, "at": None,
    }  # fmt: skip
    assert schema.load({"count": 3})["at"] is None


def test_lists_that_are_defaults_are_never_shared() -> None:
    first = Consent().load({"version": "1"})
    first["purposes"].append("a")
    assert Consent().load({"version": "1"})["purposes"] == []


def test_hooks_are_never_skipped() -> None:
    assert Hooked().load({"count": 1})["marked"] is True
