"""Reception and appointments are heard in any order, and followup's tables are the same (law 5)."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select

from services.followup.call_backs.model import FollowUp
from services.followup.contacts.model import Contact, ContactVehicle
from shared import contracts
from shared.events.log import redact
from shared.events.rebuild import rebuild
from tests.contracts.telling import tell

pytestmark = pytest.mark.duty("F1.1", "F1.2")

MONDAY = "2026-11-23T08:40:00.000000Z"
# Thursday, the third day, becomes a holiday after the branch was opened.
HOLIDAY = [{"name": "临时", "from": "2026-11-26", "to": "2026-11-26"}]
SAID_BY_RECEPTION = ("branch_opened", "people_registered", "branch_changed", "forgotten")
SAID_BY_APPOINTMENTS = ("handed_over", "handed_over_forgotten")


class Round:
    """One order of telling, with a branch and people of its own."""

    def __init__(self, house, number):
        self.house, self.branch, self.number = house, f"round-{number}", number

    def id(self, what):
        return f"{what}-{self.number}"

    def customer_and_car(self, who):
        return {"customer_id": self.id(who), "vehicle_id": self.id(f"car-of-{who}")}

    def branch_data(self, **changes):
        return {"code": self.branch, "zone": "Asia/Shanghai", "public_holidays": [], "makeup_workdays": []} | changes

    def branch_opened(self):
        tell(self.house, "reception.branch.opened.v1", self.branch, "group", 1, **self.branch_data())

    def branch_changed(self):
        changed = self.branch_data(public_holidays=HOLIDAY)
        tell(self.house, "reception.branch.changed.v1", self.branch, "group", 2, **changed)

    def people_registered(self):
        for who in ("li", "wang"):
            ids = self.customer_and_car(who)
            tell(
                self.house, "reception.customer.registered.v1", self.id(who), "group",
                customer_id=self.id(who), name=who, phones=["+8613812345678"],
            )  # fmt: skip
            tell(self.house, "reception.vehicle.registered.v1", ids["vehicle_id"], "group", **ids, plate="京A12345")

    def forgotten(self):
        ids = self.customer_and_car("wang")
        lists = {"vehicle_ids": [ids["vehicle_id"]], "consent_ids": [], "contact_ids": []}
        customer_id = ids["customer_id"]
        # As reception does it: first the log is emptied of the person, then it says so.
        with self.house.writing("reception") as session:
            redact(session, [f"customer/{customer_id}", f"vehicle/{ids['vehicle_id']}"])
        tell(
            self.house, "reception.customer.forgotten.v1", customer_id, "group", 2, customer_id=customer_id, **lists
        )

    def handed_over(self, who="li"):
        order_id = self.id(f"order-of-{who}")
        ids = self.customer_and_car(who)
        tell(
            self.house, "appointments.repair_order.handed_over.v1", order_id, self.branch, 7,
            repair_order_id=order_id, handed_over_at=MONDAY, **ids,
        )  # fmt: skip

    def handed_over_forgotten(self):
        self.handed_over("wang")

    def play(self, order):
        for what in order:
            getattr(self, what)()
            self.house.relay("reception", "appointments")
            self.house.consume("followup")
        self.house.settle()

    def tables(self):
        """What followup holds of this round, without ids of its own and the moments of its own doing."""
        found = {}
        with self.house.reading("followup") as session:
            for entity, left_out in (
                (FollowUp, {"id", "branch_id", "closed_at", "version"}),
                (Contact, set()),
                (ContactVehicle, set()),
            ):
                rows = session.execute(select(entity)).scalars()
                found[entity.__tablename__] = sorted(
                    str({
                        column.name: self._without_number(getattr(row, column.name))
                        for column in entity.__table__.c if column.name not in left_out
                    })
                    for row in rows if self._is_ours(row)
                )  # fmt: skip
        return found

    def _without_number(self, value):
        return value.removesuffix(f"-{self.number}") if isinstance(value, str) else value

    def _is_ours(self, row):
        ours = getattr(row, "repair_order_id", None) or getattr(row, "vehicle_id", None) or row.customer_id
        return ours.endswith(f"-{self.number}")


def interleavings():
    """Every order of the two sources that keeps each source's own order."""
    total = len(SAID_BY_RECEPTION) + len(SAID_BY_APPOINTMENTS)
    for places in itertools.combinations(range(total), len(SAID_BY_APPOINTMENTS)):
        reception, appointments = iter(SAID_BY_RECEPTION), iter(SAID_BY_APPOINTMENTS)
        yield [next(appointments if place in places else reception) for place in range(total)]


def test_any_order_of_the_two_sources_gives_the_same_tables(house):
    results = []
    for number, order in enumerate(interleavings()):
        played = Round(house, number)
        played.play(order)
        results.append((order, played.tables()))
    first = results[0][1]
    assert [len(rows) for rows in first.values()] == [2, 2, 2]
    assert "before_third_day" in "".join(first["follow_up"])
    assert "forgotten" in "".join(first["follow_up"])
    for order, tables in results:
        assert tables == first, order


def test_contacts_are_rebuilt_as_they_are_also_after_an_erasure(house):
    played = Round(house, 0)
    played.play([*SAID_BY_RECEPTION[:3], *SAID_BY_APPOINTMENTS, "forgotten"])
    live = played.tables()
    with house.app("followup").app_context():
        rebuild(house.runtime("followup"), "contacts")
    # The log holds nothing of the person any more but the erasure, and the tables are the same.
    assert played.tables() == live


def test_an_erasure_heard_before_the_person_leaves_nothing_behind(house):
    played = Round(house, 1)
    played.play(["branch_opened", "forgotten", "people_registered"])
    tables = played.tables()
    assert "wang" in str(tables["contact"])
    assert [row for row in tables["contact"] if "'customer_id': 'wang'" in row and "'name': None" in row]
    assert not [row for row in tables["contact_vehicle"] if "car-of-wang" in row and "京A12345" in row]


def test_every_type_heard_has_a_contract(house):
    known = {contract.type for contract in contracts.all()}
    for service in ("appointments", "followup"):
        heard = house.runtime(service).handlers.types
        assert heard <= known, service
