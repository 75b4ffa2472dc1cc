"""Settings: typed, per branch or group, valid from a moment on; a change is a row with its author and an event."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared import clock, contracts, settings
from shared.access import SYSTEM, Actor, acting_as
from shared.events.tables import EventLog
from shared.http.problems import Problem
from shared.settings import NotASettingValue, Registry, Setting, queries
from shared.settings.actions import set_value
from shared.settings.example import render
from tests.shared.jobs.toy import BRANCH, Toy

WORDS = {"duty": "R1.3", "zh": "名称", "en": "Name"}
GREET = Setting("visits.greet_within", "minutes", 5, most=60, **WORDS)
HOURS = Setting("calls.hours", "spans", [["09:00", "12:00"], ["14:00", "20:00"]], **WORDS)
SHARE = Setting("bookings.walk_in_share", "ratio", "0.20", scope="group", **WORDS)
ALL = (GREET, HOURS, SHARE)


@pytest.fixture
def set_up(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """The toy with three settings; its event's contract is reception's."""
    toy.settings.add(ALL)
    monkeypatch.setattr(contracts, "validate", lambda type, data: None)
    return toy


def change(toy: Toy, key: str, value: Any, branch: str | None = BRANCH, actor: Actor = SYSTEM, **how: Any) -> str:
    from shared.db import branch_scope

    with toy.app.app_context(), acting_as(actor), branch_scope(branch or BRANCH):
        return set_value(key, value, branch, **how)


def read(toy: Toy, setting: Setting, branch: str | None = BRANCH, at: datetime | None = None) -> Any:
    with toy.reading() as session:
        return settings.value(session, setting, branch, at)


@pytest.mark.parametrize(("type_", "wire", "found"), [
    ("int", -3, -3), ("minutes", 30, 30), ("bool", True, True), ("text", "您好", "您好"),
    ("ratio", "0.85", Decimal("0.85")),
    ("codes", ["a", "b_2"], ("a", "b_2")), ("times", ["17:00"], (time(17),)), ("spans", [], ()),
    ("spans", [["09:00", "12:00"], ["12:00", "12:30"]], ((time(9), time(12)), (time(12), time(12, 30)))),
])  # fmt: skip
def test_values_are_typed(type_: str, wire: Any, found: Any) -> None:
    assert Setting("a.b", type_, wire, **WORDS).read(wire) == found


@pytest.mark.parametrize(("type_", "wire", "code"), [
    ("int", True, "setting.int"), ("int", "3", "setting.int"), ("int", 3.0, "setting.int"),
    ("minutes", -1, "setting.range"),
    ("bool", 1, "setting.bool"), ("text", "a\x00", "setting.text"), ("ratio", 0.85, "setting.ratio"),
    ("ratio", "1.01", "setting.ratio"), ("ratio", "NaN", "setting.ratio"), ("ratio", "x", "setting.ratio"),
    ("codes", ["A b"], "setting.codes"), ("codes", ["a", "a"], "setting.codes"), ("codes", "a", "setting.codes"),
    ("times", ["24:00"], "setting.time"), ("spans", [["12:00", "09:00"]], "setting.spans"),
    ("spans", [["09:00", "12:00"], ["11:00", "13:00"]], "setting.spans"), ("spans", [["09:00"]], "setting.spans"),
    ("spans", [["９:00", "12:00"]], "setting.time"),
])  # fmt: skip
def test_what_is_no_such_value_is_refused_with_its_code(type_: str, wire: Any, code: str) -> None:
    good = {"int": 1, "minutes": 1, "bool": True, "text": "", "ratio": "0"}.get(type_, [])
    with pytest.raises(NotASettingValue) as fault:
        Setting("a.b", type_, good, **WORDS).read(wire)
    assert fault.value.code == code


@pytest.mark.parametrize("wrong", [
    {"key": "Visits"}, {"type": "colour"}, {"default": "five"}, {"scope": "planet"}, {"duty": ""}, {"zh": ""},
    {"default": 61}, {"least": 6},
])  # fmt: skip
def test_a_setting_that_is_declared_wrongly_stops_the_start(wrong: dict[str, Any]) -> None:
    right = {"key": "visits.greet", "type": "minutes", "default": 5, "most": 60, **WORDS}
    Setting(**right)
    with pytest.raises((ValueError, NotASettingValue)):
        Setting(**right | wrong)


def test_two_settings_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="two settings"):
        Registry((GREET, GREET))


def test_the_default_holds_until_a_branch_says_otherwise(set_up: Toy) -> None:
    assert read(set_up, GREET) == 5
    change(set_up, GREET.key, 7)
    assert read(set_up, GREET) == 7
    assert read(set_up, GREET, "sh-pudong") == 5


def test_a_value_holds_from_its_moment_on(set_up: Toy) -> None:
    now = clock.now()
    change(set_up, GREET.key, 7, valid_from=now - timedelta(days=10))
    change(set_up, GREET.key, 9, valid_from=now + timedelta(days=10))
    assert [read(set_up, GREET, at=now + timedelta(days=days)) for days in (-11, -10, 0, 9, 10)] == [5, 7, 7, 7, 9]
    change(set_up, GREET.key, 8, valid_from=now - timedelta(days=10))
    assert read(set_up, GREET) == 8


def test_settings_of_the_group_are_one_for_all(set_up: Toy) -> None:
    change(set_up, SHARE.key, "0.15", None)
    assert read(set_up, SHARE, BRANCH) == read(set_up, SHARE, None) == Decimal("0.15")
    with pytest.raises(ValueError, match="per branch"):
        read(set_up, GREET, None)


def test_a_change_is_an_event_with_its_author_and_version(set_up: Toy) -> None:
    actor = Actor("staff", "s1", BRANCH, frozenset({"settings.change"}))
    for minutes in (7, 8):
        change(set_up, GREET.key, minutes, actor=actor, valid_from=datetime(2026, 11, 23, tzinfo=UTC))
    with set_up.reading() as session:
        events = list(session.query(EventLog).order_by(EventLog.id))
        assert [row.author for row in queries.history(session, GREET, BRANCH)] == ["staff/s1"] * 2
    assert [(e.type, e.subject, e.branch_id, e.version) for e in events] == [
        ("toy.setting.changed.v1", "setting/visits.greet_within", BRANCH, version) for version in (1, 2)
    ]  # fmt: skip
    data = {
        "key": GREET.key, "branch": BRANCH, "type": "minutes", "value": 8, "valid_from": "2026-11-23T00:00:00.000000Z",
        "author": "staff/s1",
    }  # fmt: skip
    assert json.loads(events[1].data) == data


def test_the_contract_of_each_service_takes_every_type() -> None:
    wire = {"int": 1, "minutes": 1, "bool": True, "text": "", "ratio": "0.5", "codes": ["a"], "times": ["09:00"]}
    wire["spans"] = [["09:00", "12:00"]]
    for service in ("reception", "appointments", "followup", "reporting"):
        example = contracts.get(f"{service}.setting.changed.v1").example
        for type_, value in wire.items():
            contracts.validate(f"{service}.setting.changed.v1", {**example, "type": type_, "value": value})


@pytest.mark.parametrize(("key", "value", "branch", "actor", "status"), [
    ("visits.nothing", 1, BRANCH, SYSTEM, 422), (GREET.key, "7", BRANCH, SYSTEM, 422),
    (GREET.key, 61, BRANCH, SYSTEM, 422),
    (GREET.key, 7, BRANCH, Actor("staff", "s1", BRANCH), 403),
    (GREET.key, 7, "sh-pudong", Actor("staff", "s1", BRANCH, frozenset({"settings.change"})), 403),
    (SHARE.key, "0.1", None, Actor("staff", "s1", BRANCH, frozenset({"settings.change"})), 403),
])  # fmt: skip
def test_who_may_not_or_what_cannot_be_changes_nothing(
    set_up: Toy, key: str, value: Any, branch: str | None, actor: Actor, status: int
) -> None:
    with pytest.raises(Problem) as problem:
        change(set_up, key, value, branch, actor)
    assert problem.value.status == status
    with set_up.reading() as session:
        assert session.query(EventLog).count() == 0


def test_what_is_set_and_rolled_back_never_held(set_up: Toy) -> None:
    assert read(set_up, GREET) == 5
    with pytest.raises(ZeroDivisionError), set_up.writing() as session, acting_as(SYSTEM):
        set_value(GREET.key, 7, BRANCH)
        assert settings.value(session, GREET, BRANCH) == 7
        raise ZeroDivisionError
    assert read(set_up, GREET) == 5


def test_the_example_file_is_read_back_as_the_defaults() -> None:
    found = tomllib.loads(render({"reception": ALL, "followup": ()}))
    assert found == {"reception": {setting.key: setting.default for setting in ALL}, "followup": {}}
