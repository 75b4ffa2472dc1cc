"""People joining a branch, and agents who are met in a call log."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.reception.staff import ensure_agent, join, works_here
from shared.http.problems import Problem
from tests.reception.door import BEIJING, SHANGHAI, facts

pytestmark = pytest.mark.duty("R3.1")


def test_joining_is_told_as_a_personal_fact_of_the_branch(house):
    with house.at("reception"):
        staff_id = join("周敏", BEIJING, ["receptionist", "branch_manager"], "zhou.min", "a good password")
    [told] = facts(house, f"staff/{staff_id}")
    assert (told.type, told.branch_id, told.personal) == ("reception.staff.joined.v1", BEIJING, True)
    assert json.loads(told.data) == {
        "staff_id": staff_id, "branch": BEIJING, "label": "周敏", "user": "zhou.min",
        "roles": ["branch_manager", "receptionist"],
    }  # fmt: skip


CANNOT_JOIN = [
    ({"branch": "nowhere"}, 422), ({"roles": []}, 422), ({"roles": ["Not a role"]}, 422), ({"roles": ["nobody"]}, 422),
    ({"roles": ["hq_admin"]}, 422), ({"branch": "group"}, 422),
    ({"user": "x"}, 422), ({"user": "x", "password": "short"}, 422),
    ({"user": "taken", "password": "long enough"}, 409),
]  # fmt: skip


def test_who_cannot_join_does_not(house):
    with house.at("reception"):
        join("first", BEIJING, ["receptionist"], "taken", "long enough")
        for wrong, status in CANNOT_JOIN:
            with pytest.raises(Problem) as refused:
                join(**{"label": "x", "branch": BEIJING, "roles": ["receptionist"], **wrong})
            assert refused.value.status == status, wrong


def test_an_agent_is_one_person_per_branch_and_label(house):
    def met(branch):
        with house.writing("reception", branch) as session:
            return ensure_agent(session, branch, "Diane")

    with ThreadPoolExecutor(8) as pool:
        here = set(pool.map(lambda _: met(BEIJING), range(8)))
    elsewhere = met(SHANGHAI)
    assert len(here) == 1
    assert elsewhere not in here
    assert [row.branch_id for row in facts(house, kind="staff.joined")] == [BEIJING, SHANGHAI]
    with house.reading("reception", BEIJING) as session:
        assert works_here(session, here.pop())
        assert not works_here(session, elsewhere)
