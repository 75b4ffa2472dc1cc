"""Old events read as new ones, with a made-up type."""

from __future__ import annotations

import copy

import pytest

from shared import contracts


@pytest.fixture
def steps():
    upcasters = contracts.Upcasters()

    @upcasters.step("reception.lantern.lit.v1", "reception.lantern.lit.v2")
    def seconds_become_milliseconds(data):
        data["milliseconds"] = data.pop("seconds") * 1000
        return data

    @upcasters.step("reception.lantern.lit.v2", "reception.lantern.lit.v3")
    def colour_was_always_red(data):
        return data | {"colour": "red"}

    return upcasters


def test_an_old_event_is_read_as_the_newest_step_by_step(steps):
    newest = "reception.lantern.lit.v3"
    from_one = steps.upcast("reception.lantern.lit.v1", {"seconds": 3})
    from_two = steps.upcast("reception.lantern.lit.v2", {"milliseconds": 7})
    assert from_one == (newest, {"milliseconds": 3000, "colour": "red"})
    assert from_two == (newest, {"milliseconds": 7, "colour": "red"})


def test_upcasting_leaves_the_logged_data_alone(steps):
    old = {"seconds": 3, "list": [1]}
    before = copy.deepcopy(old)
    steps.upcast("reception.lantern.lit.v1", old)
    assert old == before


def test_what_has_no_step_passes_as_it_is(steps):
    data = {"a": 1}
    assert steps.upcast("reception.lantern.lit.v3", data) == ("reception.lantern.lit.v3", data)
    assert contracts.upcast("reception.other.thing.v1", data) == ("reception.other.thing.v1", data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("reception.lantern.lit.v1", "reception.lantern.lit.v3"),
        ("reception.lantern.lit.v2", "reception.lantern.lit.v1"),
        ("reception.lantern.lit.v1", "reception.candle.lit.v2"),
        ("reception.lantern.lit.v1", "reception.lantern.lit.v1"),
    ],
)
def test_a_step_leads_to_the_next_version_of_the_same_type(steps, old, new):
    with pytest.raises(ValueError):
        steps.step(old, new)


def test_one_step_per_version(steps):
    with pytest.raises(ValueError):
        steps.step("reception.lantern.lit.v1", "reception.lantern.lit.v2")(dict)
