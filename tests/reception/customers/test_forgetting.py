"""Erasing a person: rows, log and kept answers; ids and positions stay."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.reception.customers import forget
from services.reception.customers.model import Consent, Customer, CustomerPhone, Vehicle
from services.reception.visits.model import Visit
from shared.http.model import Idempotency
from shared.http.problems import Problem
from shared.ids import uuid7
from tests.reception.door import BEIJING, check_in, facts, kiosk, names, ticket

pytestmark = pytest.mark.duty("R10.1")


@pytest.fixture
def guest(house):
    """Somebody who checked in."""
    visit = ticket(house, kiosk(house), name="欧阳娜娜", phone="13812345678", plate="京A12345")
    with house.reading("reception", BEIJING) as session:
        return session.get(Visit, visit["visit_id"])


def test_nothing_of_the_person_is_left(house, guest):
    with house.at("reception"):
        forget(guest.customer_id)
    with house.reading("reception", BEIJING) as session:
        assert session.get(Customer, guest.customer_id).name is None
        assert session.get(Vehicle, guest.vehicle_id).plate is None
        assert session.scalars(select(CustomerPhone)).all() == []
        assert session.get(Visit, guest.id).customer_id == guest.customer_id
        consent = session.scalars(select(Consent)).one()
    told = facts(house)
    emptied = [row.subject for row in told if row.data is None]
    assert emptied == [f"customer/{guest.customer_id}", f"vehicle/{guest.vehicle_id}", f"consent/{consent.id}"]
    assert not any(secret in (row.data or "") for row in told for secret in ("欧阳", "138", "京A"))
    assert names(told)[-1] == "customer.forgotten"
    assert guest.vehicle_id in told[-1].data


def test_the_forgotten_person_is_a_stranger_when_they_come_again(house, guest):
    with house.at("reception"):
        forget(guest.customer_id)
    again = ticket(house, kiosk(house), name="欧阳娜娜", phone="13812345678", plate="京A12345")
    with house.reading("reception", BEIJING) as session:
        visit = session.get(Visit, again["visit_id"])
    assert guest.customer_id != visit.customer_id
    assert guest.vehicle_id != visit.vehicle_id


def test_kept_answers_are_emptied_too(house):
    key, same = kiosk(house), uuid7()
    first = check_in(house, key, same, phone="13812345678", occurred_at="2026-11-23T02:00:00Z")
    assert first.status_code in (201, 422)
    visit = ticket(house, key, phone="13912345678")
    with house.reading("reception", BEIJING) as session:
        person = session.get(Visit, visit["visit_id"]).customer_id
    with house.at("reception"):
        forget(person)
    with house.reading("reception") as session:
        kept = session.scalars(select(Idempotency).where(Idempotency.subject == f"customer/{person}")).all()
    assert [row.body for row in kept] == [None]


def test_another_keepers_car_stays(house, guest):
    driver = ticket(house, kiosk(house), phone="13912345678", plate="京A12345")
    assert driver["visit_id"] == guest.id
    with house.reading("reception", BEIJING) as session:
        phone = session.scalars(select(CustomerPhone).where(CustomerPhone.number == "+8613912345678")).one()
    with house.at("reception"):
        forget(phone.customer_id)
    with house.reading("reception", BEIJING) as session:
        assert session.get(Vehicle, guest.vehicle_id).plate == "京A12345"


def test_forgetting_twice_is_forgetting_once(house, guest):
    with house.at("reception"):
        forget(guest.customer_id)
        forget(guest.customer_id)
        with pytest.raises(Problem):
            forget(uuid7())
    assert names(facts(house)).count("customer.forgotten") == 1
