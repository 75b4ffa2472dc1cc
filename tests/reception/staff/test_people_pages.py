"""Pages of people and rights: who joins, changes, is switched off; the form comes back with what was wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest

from services.reception.staff.people_words import PERMISSIONS
from shared.service import load
from tests.kit.house import SERVICES, House
from tests.reception.door import SHANGHAI, staff

PEOPLE = "/reception/people"


@pytest.fixture
def manager(house: House) -> dict[str, str]:
    return staff(house, "branch_manager")


def post(house: House, headers: dict[str, str], path: str, **form: Any) -> Any:
    return house.client("reception").post(path, data=form, headers=headers)


def get(house: House, headers: dict[str, str], path: str) -> Any:
    return house.client("reception").get(path, headers=headers)


def newcomer(house: House, headers: dict[str, str], **more: Any) -> str:
    answer = post(house, headers, f"{PEOPLE}/new", label="林晓", roles=["receptionist"], **more)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].partition("?")[0]


def version(house: House, headers: dict[str, str], at: str) -> str:
    return re.search(r'name="version" value="(\d+)"', get(house, headers, at).text)[1]  # type: ignore[index]


@pytest.mark.duty("R8.1")
def test_somebody_joins_and_stands_in_the_list(house: House, manager: dict[str, str]) -> None:
    at = newcomer(house, manager, user="lin.xiao", password="plum rain at noon")
    assert "林晓" in get(house, manager, PEOPLE).text
    shown = get(house, manager, at).text
    assert "lin.xiao" in shown
    assert re.search(r'value="receptionist" checked', shown)
    # Nobody of a branch gives what opens more than a branch.
    assert "hq_admin" not in shown
    assert "system_admin" not in shown


def test_what_is_wrong_stands_beside_its_field_with_what_was_typed(house: House, manager: dict[str, str]) -> None:
    for form, words in (
        ({"label": "林晓"}, "岗位"),
        ({"label": "", "roles": ["receptionist"]}, "label-fault"),
        ({"label": "林晓", "roles": ["receptionist"], "user": "lin"}, "password-fault"),
        ({"label": "林晓", "roles": ["receptionist"], "user": "lin", "password": "short"}, "password-fault"),
        ({"label": "林晓", "roles": ["hq_admin"]}, "checkbox"),
    ):
        answer = post(house, manager, f"{PEOPLE}/new", **form)
        assert (answer.status_code, words in answer.text) == (422, True), form
        assert form["label"] in answer.text


def test_roles_change_and_an_old_version_is_refused_in_words(house: House, manager: dict[str, str]) -> None:
    at = newcomer(house, manager)
    seen = version(house, manager, at)
    roles = ["receptionist", "sales_consultant"]
    assert post(house, manager, f"{at}/roles", version=seen, roles=roles).status_code == 303
    shown = get(house, manager, at).text
    assert all(f'value="{role}" checked' in shown for role in roles)
    stale = post(house, manager, f"{at}/roles", version=seen, roles=["technician"])
    assert (stale.status_code, "alert" in stale.text) == (412, True)
    assert 'value="technician" checked' not in get(house, manager, at).text


def test_switched_off_on_again_and_gone(house: House, manager: dict[str, str]) -> None:
    at = newcomer(house, manager)
    for step in ("disable", "enable", "leave"):
        answer = post(house, manager, f"{at}/{step}", version=version(house, manager, at))
        assert (answer.status_code, f"done={step}" in answer.headers["Location"]) == (303, True)
    assert "/enable" not in get(house, manager, at).text


def test_a_password_is_set_for_who_has_an_account(house: House, manager: dict[str, str]) -> None:
    at = newcomer(house, manager, user="lin.xiao", password="plum rain at noon")
    weak = post(house, manager, f"{at}/password", version=version(house, manager, at), password="12345678")
    assert (weak.status_code, "password-fault" in weak.text) == (422, True)
    done = post(house, manager, f"{at}/password", version=version(house, manager, at), password="another rain at noon")
    assert done.status_code == 303


def test_people_of_another_branch_are_nobody_and_others_may_not_look(house: House, manager: dict[str, str]) -> None:
    at = newcomer(house, manager)
    elsewhere = staff(house, "branch_manager", SHANGHAI)
    assert get(house, elsewhere, at).status_code == 404
    assert post(house, elsewhere, f"{at}/disable", version="1").status_code == 404
    for path in (PEOPLE, f"{PEOPLE}/new", "/reception/rights", at):
        assert get(house, staff(house, "technician"), path).status_code == 403, path


def test_headquarters_sees_everybody_and_where_they_work(house: House, manager: dict[str, str]) -> None:
    at = newcomer(house, manager)
    admin = staff(house, "hq_admin", "group")
    assert "林晓" in get(house, admin, PEOPLE).text
    moved = post(
        house, admin, f"{at}/roles", version=version(house, admin, at), branch=SHANGHAI, roles=["service_advisor"]
    )
    assert moved.status_code == 303
    assert "service_advisor" in get(house, staff(house, "branch_manager", SHANGHAI), at).text
    # Who works in two branches keeps the name that headquarters gives.
    answer = post(house, manager, at, version=version(house, manager, at), label="别名")
    assert (answer.status_code, "别名" in get(house, manager, at).text) == (409, False)


def test_every_permission_has_its_words() -> None:
    known = {code for name in SERVICES for code in load(name).permissions}
    assert known == set(PERMISSIONS)
    assert all(words["zh"] and words["en"] for words in PERMISSIONS.values())


def test_the_rights_of_each_role_are_shown_as_the_code_has_them(house: House, manager: dict[str, str]) -> None:
    shown = get(house, manager, "/reception/rights").text
    assert shown.count('title="visits.call"') == len(load("reception").permissions["visits.call"])


def test_ones_day_begins_on_the_first_page_that_ones_roles_open(house: House, manager: dict[str, str]) -> None:
    first = get(house, manager, "/reception/home").headers["Location"]
    house.settle()
    assert house.client(first.split("/")[1]).get(first, headers=manager).status_code == 200
    assert get(house, staff(house, "technician"), "/reception/home").status_code == 303
