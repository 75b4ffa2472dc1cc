"""The page of kiosks: a code is shown once, names change, a revoked one says so (R12.1)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.kit.house import House
from tests.reception.door import SHANGHAI, staff

KIOSKS = "/reception/kiosks"


@pytest.fixture
def manager(house: House) -> dict[str, str]:
    return staff(house, "branch_manager")


def enrolled(house: House, manager: dict[str, str]) -> Any:
    answer = house.client("reception").post(KIOSKS, data={"label": "正门左侧"}, headers=manager)
    assert answer.status_code == 200, answer.text
    code = re.search(r'class="code-large">([^<]+)<', answer.text)[1]  # type: ignore[index]
    made = house.client("reception").post("/reception/api/v1/kiosks/enrolments", json={"code": code})
    assert made.status_code == 201
    return made.json


@pytest.mark.duty("R12.1")
def test_a_code_from_the_page_makes_a_kiosk_and_is_not_shown_again(house: House, manager: dict[str, str]) -> None:
    made = enrolled(house, manager)
    shown = house.client("reception").get(KIOSKS, headers=manager)
    assert ("正门左侧" in shown.text, "code-large" in shown.text) == (True, False)
    assert made["key"] not in shown.text


def test_a_kiosk_is_renamed_and_revoked(house: House, manager: dict[str, str]) -> None:
    client, at = house.client("reception"), f"{KIOSKS}/{enrolled(house, manager)['kiosk_id']}"
    assert client.post(at, data={"label": "侧门", "version": "1"}, headers=manager).status_code == 303
    assert client.post(at, data={"label": "后门", "version": "1"}, headers=manager).status_code == 412
    assert client.post(f"{at}/revoke", headers=manager, data={}).status_code == 303
    shown = client.get(f"{KIOSKS}?lang=en", headers=manager).text
    assert ("侧门" in shown, "Revoked" in shown, "/revoke" in shown) == (True, True, False)


def test_a_kiosk_without_a_name_and_one_of_another_branch(house: House, manager: dict[str, str]) -> None:
    client, made = house.client("reception"), enrolled(house, manager)
    assert client.post(KIOSKS, data={"label": " "}, headers=manager).status_code == 422
    elsewhere = staff(house, "branch_manager", SHANGHAI)
    assert client.post(f"{KIOSKS}/{made['kiosk_id']}/revoke", data={}, headers=elsewhere).status_code == 404
    assert client.get(KIOSKS, headers=staff(house, "technician")).status_code == 403
