"""Checking in: tickets, joining, what a kiosk learns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.reception.visits.model import Visit
from shared.ids import uuid7
from tests.reception.door import BEIJING, SHANGHAI, check_in, facts, kiosk, names, staff, ticket

pytestmark = pytest.mark.duty("R1.1")


def test_a_check_in_makes_a_visit_with_a_ticket_and_tells_it(house):
    answer = check_in(house, kiosk(house), party_size=2, source="friend", host="李经理")
    assert answer.status_code == 201
    visit_id = answer.json["visit_id"]
    assert answer.json == {
        "visit_id": visit_id, "ticket": "A001", "status": "waiting", "people_ahead": 0, "wait": None,
    }  # fmt: skip
    [told] = facts(house, f"visit/{visit_id}")
    assert told.type == "reception.visit.checked_in.v1"
    assert told.branch_id == BEIJING
    assert '"ticket":"A001"' in told.data
    assert '"party_size":2' in told.data
    assert "李经理" not in told.data


def test_fifty_at_once_get_tickets_without_hole_or_twin(house):
    key = kiosk(house)
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: ticket(house, key), range(50)))
    assert sorted(answer["ticket"] for answer in answers) == [f"A{n:03d}" for n in range(1, 51)]
    assert sorted(answer["people_ahead"] for answer in answers) == list(range(50))
    assert len(facts(house, kind="visit.checked_in")) == 50


def test_fifty_at_once_of_one_person_are_one_visit(house):
    key = kiosk(house)
    said = {"phone": "13812345678", "plate": "京A12345", "name": "王伟"}
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: ticket(house, key, **said), range(50)))
    assert len({answer["visit_id"] for answer in answers}) == 1
    assert {answer["ticket"] for answer in answers} == {"A001"}
    told = names(facts(house))
    assert [told.count(name) for name in ("customer.registered", "vehicle.registered", "consent.given",
    "visit.checked_in")] == [1] * 4
    assert ticket(house, key)["ticket"] == "A002"


def test_a_second_check_in_joins_the_open_visit(house):
    first = ticket(house, kiosk(house), phone="13812345678", plate="京A12345", name="王伟")
    assert ticket(house, kiosk(house), phone="+86 138 1234 5678") == first
    assert ticket(house, kiosk(house), plate="京a·12345") == first
    assert names(facts(house, kind="visit%")) == ["visit.checked_in"]


def test_a_visit_of_another_branch_is_not_joined(house):
    ticket(house, kiosk(house), phone="13812345678")
    assert ticket(house, kiosk(house, SHANGHAI), phone="13812345678")["ticket"] == "B001"


def test_a_visit_that_ended_is_not_joined(house):
    desk, key = staff(house), kiosk(house)
    first = ticket(house, key, phone="13812345678")
    house.client("reception").post(f"/reception/api/v1/visits/{first['visit_id']}/leave", headers=desk)
    assert ticket(house, key, phone="13812345678")["ticket"] == "A002"


def test_two_cars_of_one_keeper_are_two_visits_when_only_the_plate_is_given(house):
    key, desk = kiosk(house), staff(house)
    for plate in ("京A12345", "京B12345"):
        visit = ticket(house, key, phone="13812345678", plate=plate)
        house.client("reception").post(f"/reception/api/v1/visits/{visit['visit_id']}/leave", headers=desk)
    tickets = [ticket(house, key, plate=plate)["ticket"] for plate in ("京A12345", "京B12345")]
    assert tickets == ["A003", "A004"]


def test_known_and_unknown_visitors_get_the_same_answer(house):
    key = kiosk(house)
    known = ticket(house, key, phone="13812345678", name="王伟")
    with house.writing("reception", BEIJING) as session:
        session.get(Visit, known["visit_id"]).status = "left"
    again = check_in(house, key, phone="13812345678")
    new = check_in(house, key, phone="13912345678")
    assert set(again.json) == set(new.json) == {"visit_id", "ticket", "status", "people_ahead", "wait"}
    assert "王" not in again.text


def test_the_same_key_gets_the_same_answer(house):
    key, same = kiosk(house), uuid7()
    said = {"phone": "13812345678", "occurred_at": "2026-11-23T02:00:00Z"}
    first = check_in(house, key, same, sent_at="2026-11-23T02:00:00Z", **said)
    again = check_in(house, key, same, sent_at="2026-11-23T02:00:07Z", **said)
    assert (first.status_code, first.data) == (again.status_code, again.data)
    other = check_in(house, key, same, phone="13912345678", occurred_at="2026-11-23T02:00:00Z")
    assert (other.status_code, other.json["type"]) == (422, "/problems/idempotency-key-reused")
    assert names(facts(house, kind="visit%")) == ["visit.checked_in"]


def test_without_a_key_nothing_happens(house):
    answer = house.client("reception").post("/reception/api/v1/check-ins", json={}, headers=kiosk(house))
    assert answer.status_code in (400, 422)
    assert facts(house, kind="visit%") == []


def test_the_desk_checks_in_by_the_same_door(house):
    answer = ticket(house, staff(house))
    [told] = facts(house, f"visit/{answer['visit_id']}")
    assert '"door":"desk"' in told.data


def test_who_may_not_check_in_is_refused(house):
    assert check_in(house, staff(house, "call_agent")).status_code == 403
    assert check_in(house, house.key("reception", "service", ["events"])).status_code == 403
    assert check_in(house, {}).status_code == 401
    assert check_in(house, house.key("reception", "kiosk", ["other"], BEIJING)).status_code == 403


def test_nothing_personal_stands_in_the_facts_of_a_visit(house):
    ticket(house, kiosk(house), name="欧阳娜娜", phone="13812345678", plate="京A12345", host="陈立")
    for told in facts(house, kind="visit%"):
        assert not any(secret in told.data for secret in ("欧阳", "13812345678", "京A12345", "陈立"))


def test_complaints_and_safety_stand_before_everybody_else(house):
    key = kiosk(house)
    ahead = [
        ticket(house, key, purpose=purpose)["people_ahead"]
        for purpose in ("maintenance", "complaint", "recall", "complaint", "view_car")
    ]
    assert ahead == [0, 0, 1, 2, 4]


def test_each_branch_and_each_local_day_counts_for_itself(house, time_machine):
    time_machine.move_to("2026-11-23T15:59:00Z", tick=False)
    assert ticket(house, kiosk(house))["ticket"] == "A001"
    assert ticket(house, kiosk(house, SHANGHAI))["ticket"] == "B001"
    # Midnight in Shanghai, not in London.
    time_machine.move_to("2026-11-23T16:00:00Z", tick=False)
    assert ticket(house, kiosk(house))["ticket"] == "A001"
