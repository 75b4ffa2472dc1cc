"""F21 F23 F24: poison is parked with its reason, what follows it waits, everything else flows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from services.reception.branches import actions as branches
from shared import contracts
from shared.events import NewEvent, bus, record
from shared.events.envelope import from_dict
from shared.events.handlers import Reaction
from shared.events.parking import set_aside
from tests.faults.facts import call, log_calls
from tests.kit.house import BRANCHES, House

pytestmark = pytest.mark.faults

CALL = "reception.call.logged.v1"


@pytest.fixture
def poisoned(house: House) -> Iterator[dict[str, bool]]:
    """Reporting gets a reaction that cannot stand calls about poison, until ``cured``."""
    state = {"cured": False}

    def act(event: Any) -> None:
        if event.data["topic"] == "poison" and not state["cured"]:
            raise ValueError("this reaction never works")

    handlers = house.runtime("reporting").handlers
    handlers.reactions["test.poison"] = Reaction("test.poison", frozenset({CALL}), act)
    house.renew_consumers("reporting")
    yield state
    del handlers.reactions["test.poison"]


def test_f21_poison_is_parked_and_everything_else_goes_on(house: House, poisoned: dict[str, bool]) -> None:
    log_calls(house, [call("poison", 1), *(call("service", n) for n in range(2, 12))])
    house.settle()
    rows = parked(house)
    assert [(row["reason"], row["detail"]) for row in rows] == [("handler-failed", "ValueError")]
    assert counted(house) == 10
    assert house.quiet(), "the cursor went on"


def test_f21_later_events_of_the_same_subject_wait_in_order_and_are_released_in_order(
    house: House, poisoned: dict[str, bool]
) -> None:
    log_calls(house, [call("poison", 1), call("service", 2)])
    house.settle()
    subject = parked(house)[0]["subject"]
    repeat_subject(house, subject, times=2)
    house.settle()
    assert [row["reason"] for row in parked(house)] == ["handler-failed", "waits-behind", "waits-behind"]
    poisoned["cured"] = True
    with house.at("reporting"):
        assert house.consumer("reporting", "reception").retry(subject) == 3
    assert parked(house) == []
    with house.reading("reporting") as session:
        assert session.execute(text("SELECT parked FROM cursor WHERE source = 'reception'")).scalar_one() == 0


def test_f21_a_set_aside_event_lets_those_behind_it_go(house: House, poisoned: dict[str, bool]) -> None:
    log_calls(house, [call("poison", 1)])
    house.settle()
    row = parked(house)[0]
    with house.writing("reporting") as session:
        assert set_aside(session, row["id"]) == ("reception", row["subject"])
    assert parked(house) == []
    with house.reading("reporting") as session:
        assert session.execute(text("SELECT count(*) FROM set_aside")).scalar_one() == 1


def test_f23_what_is_no_event_is_a_hole_and_an_unknown_version_is_parked(house: House) -> None:
    log_calls(house, [call("service", 1)])
    house.settle()
    with house.reading("reception") as session:
        last = session.execute(
            text(
                "SELECT position, event_id, epoch FROM event_log "
                "WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1"
            )
        ).one()
    consumer = house.consumer("reporting", "reception")
    newer = from_dict({
        "specversion": "1.0", "id": "x" * 8, "source": "/services/reception", "type": "reception.call.logged.v9",
        "subject": "call/of-the-future", "time": "2026-01-01T00:00:00Z", "branchid": BRANCHES[0],
        "position": last[0] + 1, "previd": last[1], "epoch": last[2], "subjectversion": 1,
        "data": contracts.get(CALL).example,
    })  # fmt: skip
    unheard = from_dict({
        "specversion": "1.0", "id": "y" * 8, "source": "/services/reception", "type": "reception.round.completed.v1",
        "subject": "round/1", "time": "2026-01-01T00:00:00Z", "branchid": BRANCHES[0], "position": last[0] + 2,
        "previd": "x" * 8, "epoch": last[2], "subjectversion": 1, "data": {},
    })  # fmt: skip
    with house.at("reporting"):
        consumer.applier.apply([newer, unheard])
        assert list(consumer._readable([bus.Delivery(1, b"{not json", None)])) == []
    assert consumer.undecodable == 1
    assert [(row["reason"], row["type"]) for row in parked(house)] == [("unknown-version", "reception.call.logged.v9")]
    with house.reading("reporting") as session:
        assert (
            session.execute(text("SELECT position FROM cursor WHERE source = 'reception'")).scalar_one() == last[0] + 2
        )
        remembered = session.execute(text("SELECT type FROM unheard_type")).scalars().all()
    assert "reception.round.completed.v1" in remembered


def test_f24_a_foreign_source_in_the_queue_is_refused_and_touches_nothing(house: House) -> None:
    consumer = house.consumer("reporting", "reception")
    body = json.dumps({
        "specversion": "1.0", "id": "z" * 8, "source": "/services/followup", "type": "followup.follow_up.closed.v1",
        "subject": "follow_up/1", "time": "2026-01-01T00:00:00Z", "branchid": BRANCHES[0], "position": 1, "epoch": "e1",
        "subjectversion": 1, "data": {},
    })  # fmt: skip
    with house.at("reporting"):
        assert list(consumer._readable([bus.Delivery(1, body, None)])) == []
    assert [(row["source"], row["reason"]) for row in parked(house)] == [("foreign", "foreign-source")]


def test_f24_a_fact_of_an_unknown_branch_waits_for_the_branch(house: House) -> None:
    """No order exists between sources: the branch may be heard later, and then nobody needs to release anything."""
    log_calls(house, [call("service", 1)])
    house.settle()
    before = counted(house)
    with house.at("reception"):
        branches.open_branch(code="tj-new", name="tj-new", letter="T", zone="Asia/Shanghai")
    house.relay("reception")
    log_calls(house, [call("service", 2)], branch="tj-new")
    house.relay("reception")
    # The consumer meets the call as if the branch's own event had been lost on the way to its table.
    with house.writing("reporting") as session:
        session.execute(text("DELETE FROM branch WHERE code = 'tj-new'"))
    house.settle()
    assert counted(house) == before + 1
    assert parked(house) == []


def parked(house: House) -> list[dict[str, Any]]:
    with house.reading("reporting") as session:
        return [dict(row) for row in session.execute(text("SELECT * FROM parked ORDER BY id")).mappings()]


def counted(house: House) -> int:
    with house.reading("reporting") as session:
        return int(session.execute(text("SELECT coalesce(sum(calls), 0) FROM calls_daily")).scalar_one())


def repeat_subject(house: House, subject: str, times: int) -> None:
    """More facts about the same subject, as its owner would record them."""
    with house.writing("reception", BRANCHES[0]) as session:
        for version in range(2, 2 + times):
            data = {**contracts.get(CALL).example, "call_id": subject.partition("/")[2], "branch": BRANCHES[0]}
            record(session, NewEvent(CALL, subject, BRANCHES[0], version, data))
