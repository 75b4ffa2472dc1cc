"""Who came, in which car: recognised by whole phone and whole plate over the group, registered when new."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.reception.customers import Agreement, recognise_or_register
from services.reception.customers.phones import read_phone
from services.reception.customers.plates import read_plate
from tests.reception.door import BEIJING, SHANGHAI, facts, kiosk, names, ticket

pytestmark = pytest.mark.duty("R1.1", "R10.1")


@pytest.fixture
def come(house):
    """Somebody comes to a branch; whom we take them for."""

    def come(name=None, phone=None, plate=None, branch=BEIJING, agreement=None):
        with house.writing("reception", branch) as session:
            return recognise_or_register(
                session, name, read_phone(phone) if phone else None, read_plate(plate) if plate else None, agreement
            )

    return come


def test_a_new_person_and_car_are_registered_and_told(house, come):
    who = come("王伟", "13812345678", "京A12345")
    assert not who.known
    person, car = facts(house, kind="customer%"), facts(house, kind="vehicle%")
    assert json.loads(person[0].data) == {
        "customer_id": who.customer_id, "name": "王伟", "phones": ["+8613812345678"], "language": None,
    }  # fmt: skip
    assert json.loads(car[0].data) == {
        "vehicle_id": who.vehicle_id, "plate": "京A12345", "plate_kind": "ordinary", "customer_id": who.customer_id,
    }  # fmt: skip
    assert (person[0].personal, car[0].personal, person[0].branch_id) == (True, True, "group")


def test_the_same_phone_is_the_same_person_in_every_branch(come):
    first = come("王伟", "13812345678")
    again = come("王伟", "13812345678", branch=SHANGHAI)
    assert (again.customer_id, again.known) == (first.customer_id, True)


def test_another_name_on_a_known_phone_changes_nothing(house, come):
    first = come("王伟", "13812345678")
    assert come("李娜", "13812345678").customer_id == first.customer_id
    assert names(facts(house, kind="customer%")) == ["customer.registered"]


def test_a_new_phone_is_a_new_person_also_in_a_known_car(come):
    keeper, driver = come("王伟", "13812345678", "京A12345"), come("李娜", "13912345678", "京A12345")
    assert keeper.customer_id != driver.customer_id
    assert keeper.vehicle_id == driver.vehicle_id
    # And the car stays its keeper's.
    assert come(plate="京A12345").customer_id == keeper.customer_id


def test_a_car_alone_means_its_keeper_unless_somebody_else_is_named(come):
    keeper = come("王伟", "13812345678", "京A12345").customer_id
    found = [come(name, plate="京A12345").customer_id for name in (None, "王伟", "李娜")]
    assert [customer_id == keeper for customer_id in found] == [True, True, False]


def test_a_part_of_a_phone_or_plate_finds_nobody(come):
    come("王伟", "13812345678", "京A12345D")
    assert not come(phone="010-12345678").known
    assert not come(plate="京A12345").known


def test_nobody_is_registered_who_says_nothing(house, come):
    assert come() == (None, None, False)
    assert facts(house, kind="customer%") == []


def test_a_consent_is_kept_once_until_it_changes(house, come):
    agreed = Agreement("2026-09", ["survey", "reminders"], "kiosk/1")
    who = come(phone="13812345678", agreement=agreed)
    come(phone="13812345678", agreement=agreed)
    come(phone="13812345678", agreement=Agreement("2026-09", ["reminders", "survey"], "kiosk/2"))
    come(phone="13812345678", agreement=agreed, branch=SHANGHAI)
    come(phone="13812345678", agreement=Agreement("2026-09", [], "kiosk/1"))
    come(phone="13812345678", agreement=Agreement("2026-10", [], "kiosk/1"))
    told = [json.loads(row.data) for row in facts(house, kind="consent%")]
    assert [(each["branch"], each["version"], each["purposes"]) for each in told] == [
        (BEIJING, "2026-09", ["reminders", "survey"]), (SHANGHAI, "2026-09", ["reminders", "survey"]),
        (BEIJING, "2026-09", []), (BEIJING, "2026-10", []),
    ]  # fmt: skip
    assert {each["customer_id"] for each in told} == {who.customer_id}
    assert told[0]["device"] == "kiosk/1"


def test_two_branches_at_the_same_moment_register_one_person(house):
    keys = [kiosk(house), kiosk(house, SHANGHAI)]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda n: ticket(house, keys[n % 2], phone="13812345678", plate="京A12345"), range(20)))
    told = names(facts(house))
    assert (told.count("customer.registered"), told.count("vehicle.registered")) == (1, 1)
    assert told.count("visit.checked_in") == 2


def test_personal_facts_reach_only_those_whose_key_may_read_them(house):
    ticket(house, kiosk(house), name="欧阳娜娜", phone="13812345678", plate="京A12345")
    house.settle()
    answer = house.client("reception").get(
        "/reception/api/v1/events?after=0&limit=500", headers=house.key("reception", "service", ["events"])
    )
    assert not any(secret in answer.text for secret in ("欧阳", "13812345678", "京A12345"))
    kinds = [event["type"].split(".")[1] for event in answer.json["events"]]
    assert {"customer", "vehicle", "consent", "visit"} <= set(kinds)
    full = house.key("reception", "service", ["events", "personal:customer"])
    assert "欧阳娜娜" in house.client("reception").get("/reception/api/v1/events?after=0", headers=full).text
