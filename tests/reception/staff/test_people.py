"""Managers keep the list of their people: who they are, what they may do, whether they may at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from services.reception.staff.actions import change_roles, join
from services.reporting.staff_labels.model import StaffLabel
from tests.reception.door import BEIJING, SHANGHAI, facts, names, staff

URL = "/reception/api/v1/staff"
NEW = {"label": "吴桐", "user": "wu.tong", "password": "plum rain at noon", "roles": ["receptionist"]}


class Office:
    """A manager and what they ask for."""

    def __init__(self, house: Any, role: str = "branch_manager", branch: str = BEIJING) -> None:
        self.client = house.client("reception")
        self.headers = staff(house, role, branch)

    def get(self, path: str = "", **query: Any) -> Any:
        return self.client.get(URL + path, headers=self.headers, query_string=query)

    def join(self, **changes: Any) -> Any:
        return self.client.post(URL, headers=self.headers, json={**NEW, **changes})

    def do(self, method: str, path: str, version: int | None, body: dict[str, Any] | None = None) -> Any:
        tag = {} if version is None else {"If-Match": f'"{version}"'}
        return self.client.open(URL + path, method=method, headers={**self.headers, **tag}, json=body)


@pytest.fixture
def office(house):
    return Office(house)


def test_somebody_joins_is_shown_and_listed_with_a_version(office):
    made = office.join()
    assert made.status_code == 201, made.json
    shown = office.client.get(made.headers["Location"], headers=office.headers)
    assert shown.json == made.json
    assert (shown.headers["ETag"], made.json["must_change_password"]) == ('"1"', True)
    assert made.json["access"] == [{"branch": BEIJING, "roles": ["receptionist"]}]
    assert "plum rain" not in made.text
    assert "argon2" not in made.text
    listed = office.get(limit=1).json
    seen = [each["label"] for each in listed["staff"]]
    while listed["next"]:
        listed = office.get(limit=1, after=listed["next"]).json
        seen += [each["label"] for each in listed["staff"]]
    assert seen == sorted(seen)
    assert set(seen) == {"branch_manager", "吴桐"}


def test_what_is_wrong_with_joining_is_said(office):
    office.join()
    for changes, status, code in [
        ({}, 409, "user-exists"), ({"user": "x", "password": "short"}, 422, "staff.password_length"),
        ({"user": "x", "password": "password1"}, 422, "staff.password_common"), ({"roles": []}, 422, "staff.roles"),
        ({"user": "x", "roles": ["system_admin"]}, 422, "staff.role_above"),
        ({"user": "x", "branch": SHANGHAI}, 422, "unknown-reference"), ({"user": "x", "is_admin": True}, 422, ""),
    ]:  # fmt: skip
        answer = office.join(**changes)
        assert answer.status_code == status, changes
        assert code in json.dumps(answer.json), changes


def test_every_change_says_which_version_it_saw(office):
    path = f"/{office.join().json['id']}"
    changes = [
        ("PATCH", path, {"label": "吴桐桐"}), ("PUT", f"{path}/roles", {"roles": ["service_advisor"]}),
        ("PUT", f"{path}/password", {"password": "autumn by the lake"}), ("POST", f"{path}/disable", None),
        ("POST", f"{path}/enable", None), ("POST", f"{path}/leave", None),
    ]  # fmt: skip
    for number, (method, where, body) in enumerate(changes, 1):
        assert office.do(method, where, None, body).status_code == 428, where
        assert office.do(method, where, number + 7, body).status_code == 412, where
        done = office.do(method, where, number, body)
        assert (done.status_code, done.json["version"], done.headers["ETag"]) == (200, number + 1, f'"{number + 1}"')
    assert done.json["disabled"] is True
    assert done.json["left_at"] is not None
    assert office.do("POST", f"{path}/enable", 7).status_code == 409


def test_changes_are_told_as_facts_and_reporting_keeps_the_label(house, office):
    staff_id = office.join().json["id"]
    office.do("PATCH", f"/{staff_id}", 1, {"label": "吴桐桐"})
    office.do("PUT", f"/{staff_id}/roles", 2, {"roles": ["service_advisor", "receptionist"]})
    office.do("POST", f"/{staff_id}/disable", 3)
    office.do("POST", f"/{staff_id}/leave", 4)
    told = facts(house, f"staff/{staff_id}")
    verbs = ("joined", "changed", "access_changed", "access_changed", "left")
    assert names(told) == [f"staff.{verb}" for verb in verbs]
    assert [row.version for row in told] == [1, 2, 3, 4, 5]
    assert all(row.personal and row.branch_id == BEIJING for row in told)
    access = [{"branch": BEIJING, "roles": ["receptionist", "service_advisor"]}]
    assert [json.loads(row.data) for row in told[2:4]] == [
        {"staff_id": staff_id, "disabled": disabled, "access": access} for disabled in (False, True)
    ]
    house.settle()
    with house.reading("reporting") as session:
        row = session.scalars(select(StaffLabel).where(StaffLabel.staff_id == staff_id)).one()
        assert (row.label, row.present) == ("吴桐桐", False)


def test_a_change_that_changes_nothing_is_no_fact(house, office):
    staff_id = office.join().json["id"]
    office.do("PATCH", f"/{staff_id}", 1, {"label": "吴桐"})
    office.do("PUT", f"/{staff_id}/roles", 1, {"roles": ["receptionist"]})
    office.do("POST", f"/{staff_id}/enable", 1)
    assert names(facts(house, f"staff/{staff_id}")) == ["staff.joined"]


def test_people_of_another_branch_are_not_there(house, office):
    """S01, S02."""
    staff_id = Office(house, branch=SHANGHAI).join().json["id"]
    assert office.get(f"/{staff_id}").status_code == 404
    assert staff_id not in office.get().text
    for method, where, body in [
        ("PATCH", "", {"label": "x"}), ("PUT", "/roles", {"roles": []}), ("POST", "/disable", None),
        ("PUT", "/password", {"password": "autumn by the lake"}), ("POST", "/leave", None),
    ]:  # fmt: skip
        assert office.do(method, f"/{staff_id}{where}", 1, body).status_code == 404, where


def test_who_also_works_elsewhere_is_not_one_branchs_to_disable(house, office):
    staff_id = office.join().json["id"]
    with house.at("reception"):
        change_roles(staff_id, 1, ["receptionist"], SHANGHAI)
    shown = office.get(f"/{staff_id}").json
    assert [each["branch"] for each in shown["access"]] == [BEIJING], "the other branch is nothing to see"
    for where, body in (("/disable", None), ("/leave", None)):
        assert office.do("POST", f"/{staff_id}{where}", 2, body).json["type"] == "/problems/works-elsewhere"
    answer = office.do("PUT", f"/{staff_id}/password", 2, {"password": "autumn by the lake"})
    assert answer.json["type"] == "/problems/works-elsewhere"
    assert office.do("PUT", f"/{staff_id}/roles", 2, {"roles": ["service_advisor"]}).status_code == 200


def test_nobody_disables_himself_or_gives_himself_rights(house, office):
    own = next(each for each in office.get().json["staff"] if each["label"] == "branch_manager")
    for method, where, body in [
        ("POST", "/disable", None), ("POST", "/leave", None), ("PUT", "/roles", {"roles": ["technician"]})
    ]:  # fmt: skip
        assert office.do(method, f"/{own['id']}{where}", 1, body).json["type"] == "/problems/not-yourself"


def test_a_receptionist_keeps_no_list(house):
    desk = Office(house, "receptionist")
    assert desk.get().status_code == 403
    assert desk.join().status_code == 403


def test_an_administrator_of_the_group_sees_all_and_names_the_branch(house):
    with house.at("reception"):
        there = join("周敏", SHANGHAI, ["receptionist"])
    office = Office(house, "system_admin", "group")
    assert office.get(f"/{there}").status_code == 200
    made = office.join(branch=SHANGHAI)
    assert made.json["access"] == [{"branch": SHANGHAI, "roles": ["receptionist"]}]
    both = office.do("PUT", f"/{made.json['id']}/roles", 1, {"roles": ["branch_manager"], "branch": BEIJING})
    assert [each["branch"] for each in both.json["access"]] == [BEIJING, SHANGHAI]
    assert office.do("POST", f"/{made.json['id']}/disable", 2).json["disabled"] is True
