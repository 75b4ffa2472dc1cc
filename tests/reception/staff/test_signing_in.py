"""Signing in: one answer for everything that is wrong, and a token that says who, where and in which roles."""

from __future__ import annotations

import pytest

from services.reception.staff import passwords
from services.reception.staff.actions import join
from services.reception.staff.model import Staff, StaffRole
from tests.reception.door import BEIJING, SHANGHAI, VISITS, facts

pytestmark = pytest.mark.duty("R1.1")
TOKENS = "/reception/api/v1/tokens"


@pytest.fixture
def member(house):
    """A receptionist who can sign in."""
    with house.at("reception"):
        return join("周敏", BEIJING, ["receptionist"], "zhou.min", "a good password")


def sign_in(house, user="zhou.min", password="a good password", **more):
    return house.client("reception").post(TOKENS, json={"user": user, "password": password, **more})


def test_a_password_opens_the_board_of_the_own_branch(house, member):
    answer = sign_in(house)
    assert answer.status_code == 200
    assert {name: answer.json[name] for name in ("expires_in", "branch", "roles")} == {
        "expires_in": 300, "branch": BEIJING, "roles": ["receptionist"],
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    assert house.client("reception").get(VISITS, headers=headers).status_code == 200


def test_everything_wrong_gets_the_same_answer_after_the_same_work(house, member, monkeypatch):
    worked = []
    verify = passwords._hasher.verify
    monkeypatch.setattr(
        passwords, "_hasher", type("Counting", (), {"verify": lambda self, *a: worked.append(1) or verify(*a),
                                                    "hash": lambda self, p: passwords.PasswordHasher().hash(p)})()
    )  # fmt: skip
    with house.writing("reception") as session:
        session.add(StaffRole(staff_id=member, branch_id=SHANGHAI, role="receptionist"))
    answers = [
        sign_in(house, password="wrong"), sign_in(house, user="nobody"), sign_in(house, branch="gz-tianhe"),
    ]  # fmt: skip
    with house.writing("reception") as session:
        session.get(Staff, member).disabled = True
    answers.append(sign_in(house))
    assert len(worked) == 4
    seen = {(each.status_code, each.json["type"], each.json["title"], each.json["detail"]) for each in answers}
    assert [status for status, *_ in seen] == [401]


def test_who_works_in_several_branches_says_which(house, member):
    with house.writing("reception") as session:
        session.add(StaffRole(staff_id=member, branch_id=SHANGHAI, role="branch_manager"))
    answer = sign_in(house)
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/branch-required")
    assert sign_in(house, branch=SHANGHAI).json["roles"] == ["branch_manager"]


def test_a_password_is_kept_as_a_hash_only(house, member):
    with house.reading("reception") as session:
        assert session.get(Staff, member).password_hash.startswith("$argon2id$")
    assert not any("good password" in (row.data or "") for row in facts(house))
    assert not any("$argon2" in (row.data or "") for row in facts(house))


def test_what_is_not_a_sign_in_is_refused(house):
    for body in ({}, {"user": "x"}, {"user": "x", "password": ""}, {"user": "x", "password": 1}):
        assert house.client("reception").post(TOKENS, json=body).status_code == 422, body
