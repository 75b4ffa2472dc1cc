"""Customers are found and shown over all services; nobody of another branch is browsed (R10.1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit.house import House
from tests.reception.door import SHANGHAI, kiosk, staff, ticket

CUSTOMERS = "/reception/customers"
NAME, PHONE, PLATE = "欧阳娜娜", "13812345678", "沪A12345"


@pytest.fixture
def desk(house: House) -> dict[str, str]:
    return staff(house, "receptionist")


@pytest.fixture
def guest(house: House, desk: dict[str, str]) -> str:
    visit = ticket(house, kiosk(house), name=NAME, phone=PHONE, plate=PLATE)
    found = house.client("reception").get(f"/reception/api/v1/visits/{visit['visit_id']}", headers=desk)
    return found.json["customer_id"]


def get(house: House, headers: dict[str, str], path: str) -> Any:
    return house.client("reception").get(path, headers=headers)


@pytest.mark.duty("R10.1")
@pytest.mark.parametrize("typed", ["欧阳", "oynn", "5678", "12345", PHONE, PLATE])
def test_somebody_is_found_by_what_one_remembers(
    house: House, desk: dict[str, str], guest: str, typed: str
) -> None:
    shown = get(house, desk, f"{CUSTOMERS}?q={typed}").text
    assert f"{CUSTOMERS}/{guest}" in shown
    assert "138****5678" in shown
    assert f">{PHONE}" not in shown


def test_nobody_is_said_so_and_no_question_has_no_answer(house: House, desk: dict[str, str], guest: str) -> None:
    assert "没有找到" in get(house, desk, f"{CUSTOMERS}?q=没有这个人").text
    assert guest not in get(house, desk, CUSTOMERS).text


def test_another_branch_sees_little_of_whom_it_names_whole_and_no_page(
    house: House, desk: dict[str, str], guest: str
) -> None:
    elsewhere = staff(house, "receptionist", SHANGHAI)
    assert guest not in get(house, elsewhere, f"{CUSTOMERS}?q=欧阳").text
    whole = get(house, elsewhere, f"{CUSTOMERS}?q={PHONE}").text
    assert ("其他门店" in whole, NAME in whole, f"{CUSTOMERS}/{guest}" in whole) == (True, False, False)
    assert get(house, elsewhere, f"{CUSTOMERS}/{guest}").status_code == 404
    assert "A001" not in get(house, elsewhere, f"{CUSTOMERS}/{guest}/card").text
    assert get(house, staff(house, "technician"), f"{CUSTOMERS}?q=欧阳").status_code == 403


def test_a_customer_is_shown_with_a_part_of_each_service(house: House, desk: dict[str, str], guest: str) -> None:
    shown = get(house, desk, f"{CUSTOMERS}/{guest}").text
    assert all(f"/{service}/customers/{guest}/card" in shown for service in ("reception", "appointments", "followup"))
    card = get(house, desk, f"{CUSTOMERS}/{guest}/card")
    assert (card.status_code, "A001" in card.text) == (200, True)
    assert get(house, {**desk, "If-None-Match": card.headers["ETag"]}, f"{CUSTOMERS}/{guest}/card").status_code == 304
