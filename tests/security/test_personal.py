"""S13, and the record of S64: who is shown what of whom, and that it stays written down."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from shared.access import PUBLIC, SYSTEM, Actor, acting_as
from shared.http import OutputSchema
from shared.privacy import Private, first_letter
from shared.privacy.model import AccessRecord
from tests.appointments.desk import post
from tests.followup.test_call_backs import CALLS, handed_over, registered
from tests.kit.house import stack_of
from tests.kit.things import somebody
from tests.reception.door import BEIJING, SHANGHAI, VISITS, staff, ticket

NAME, PHONE, PLATE = "欧阳娜娜", "13812345678", "京A12345"
MASKED = ("欧**", "138****5678", "京A·***45")


def visitor(house: Any) -> str:
    return ticket(house, staff(house), name=NAME, phone=PHONE, plate=PLATE)["visit_id"]


def shown(house: Any, visit_id: str, role: str) -> tuple[str, str, str]:
    headers, client = staff(house, role), house.client("reception")
    one = client.get(f"{VISITS}/{visit_id}", headers=headers).json
    [listed] = client.get(VISITS, headers=headers).json["visits"]
    assert one == listed
    return one["name"], one["phone"], one["plate"]


def records(house: Any, service: str = "reception", branch: str | None = None) -> list[AccessRecord]:
    with house.reading(service, branch) as session:
        return list(session.scalars(select(AccessRecord).order_by(AccessRecord.shown_at)))


def test_s13_each_role_sees_of_a_visitor_what_its_work_needs(house: Any) -> None:
    visit_id = visitor(house)
    assert shown(house, visit_id, "receptionist") == (NAME, MASKED[1], PLATE)
    assert shown(house, visit_id, "branch_manager") == (NAME, MASKED[1], PLATE)
    assert shown(house, visit_id, "office_admin") == MASKED
    assert records(house) == []


def test_s13_s64_one_record_is_shown_whole_and_who_asked_is_written_down(house: Any) -> None:
    visit_id, desk = visitor(house), staff(house)
    answer = house.client("reception").post(f"{VISITS}/{visit_id}/reveal", json={"reason": "contact"}, headers=desk)
    assert (answer.status_code, answer.json) == (
        200, {"visit_id": visit_id, "name": NAME, "phone": f"+86{PHONE}", "plate": PLATE},
    )  # fmt: skip
    assert answer.headers["Cache-Control"] == "no-store"
    [record] = records(house)
    assert (record.subject, record.branch_id, record.reason) == (f"visit/{visit_id}", BEIJING, "contact")
    assert record.fields == ["name", "phone", "plate"]
    assert record.about.startswith("customer/")
    assert record.actor.startswith("staff/")
    assert PHONE not in repr(vars(record))
    assert [len(records(house, branch=branch)) for branch in (BEIJING, SHANGHAI)] == [1, 0]
    # The list stays masked: one record was shown, not a right was given.
    assert shown(house, visit_id, "receptionist")[1] == MASKED[1]


def test_s13_nothing_is_shown_without_a_reason_a_right_or_a_visit(house: Any) -> None:
    visit_id, client = visitor(house), house.client("reception")
    url = f"{VISITS}/{visit_id}/reveal"
    for body in ({}, {"reason": None}, {"reason": "because"}, {"reason": ""}):
        assert client.post(url, json=body, headers=staff(house)).status_code == 422
    for headers, status in (
        (staff(house, "office_admin"), 403), (somebody(house, BEIJING, "workshop_controller"), 403), ({}, 401),
        (staff(house, branch=SHANGHAI), 404),
    ):  # fmt: skip
        answer = client.post(url, json={"reason": "contact"}, headers=headers)
        assert answer.status_code == status
        assert PHONE not in answer.text
    assert records(house) == []


def test_s13_customer_care_sees_whom_to_call_and_opens_the_number(house: Any) -> None:
    call = handed_over(house)
    registered(house, call.customer_id, name=NAME, phones=[f"+86{PHONE}"])
    care, client = somebody(house, BEIJING, "care_specialist"), house.client("followup")
    contact = client.get(f"{CALLS}/{call.id}", headers=care).json["contact"]
    assert (contact["name"], contact["phone"]) == (NAME, MASKED[1])
    answer = post(house, f"{CALLS}/{call.id}/reveal", care, {"reason": "contact"})
    assert (answer.json["name"], answer.json["phone"]) == (NAME, f"+86{PHONE}")
    [record] = records(house, "followup")
    assert (record.subject, record.about) == (f"follow_up/{call.id}", f"customer/{call.customer_id}")
    # A service manager reads how calls went, and calls nobody.
    manager = somebody(house, BEIJING, "service_manager")
    assert post(house, f"{CALLS}/{call.id}/reveal", manager, {"reason": "contact"}).status_code == 403


def test_a_private_field_asks_for_its_own_right() -> None:
    class Guest(OutputSchema):
        name = Private(first_letter, right="personal.names", purpose="reception", allow_none=True)

    def said(actor: Actor, name: str | None = NAME) -> Any:
        with acting_as(actor):
            return Guest().dump({"name": name})["name"]

    assert said(Actor("staff", "1", "bj", frozenset({"personal.names"}))) == NAME
    for stranger in (PUBLIC, Actor("staff", "1", "bj", frozenset({"personal.read", "visits.read"}))):
        assert said(stranger) == "欧**"
        assert (said(stranger, None), said(stranger, "")) == (None, "")
    assert said(SYSTEM) == NAME


@stack_of("real")
def test_s64_who_serves_can_neither_change_nor_delete_a_record(house: Any) -> None:
    visit_id = visitor(house)
    house.client("reception").post(f"{VISITS}/{visit_id}/reveal", json={"reason": "legal"}, headers=staff(house))
    for branch in (BEIJING, None):
        for statement in (
            "UPDATE access_record SET actor = 'staff/x' WHERE branch_id <> ''",
            "DELETE FROM access_record WHERE branch_id <> ''",
            "TRUNCATE access_record",
        ):
            with pytest.raises(DBAPIError) as refused, house.writing("reception", branch) as session:
                session.connection().execute(text(statement))
            assert refused.value.orig.sqlstate == "42501", statement
    assert len(records(house)) == 1
