"""Branches: opened and changed here, known everywhere."""

from __future__ import annotations

import pytest

from services.reception.branches.actions import change_branch, open_branch
from shared import branches
from shared.access import Actor
from shared.http.problems import Problem
from tests.reception.door import BEIJING, facts, kiosk, names, staff

pytestmark = pytest.mark.duty("R1.1")
BRANCHES = "/reception/api/v1/branches"


def test_a_new_branch_is_open_every_day_and_knows_the_public_holidays(house):
    with house.at("reception"):
        open_branch("gz-tianhe", "天河店", "C")
    house.settle()
    for service in ("reception", "followup"):
        with house.reading(service) as session:
            found = branches.get(session, "gz-tianhe")
        assert (found.name, found.letter, found.zone, len(found.week)) == ("天河店", "C", "Asia/Shanghai", 7)
        assert all(found.week)
        assert len([day for day in found.makeup_workdays if day.year == 2026]) == 6


def test_a_change_travels_and_counts_the_version_on(house):
    with house.at("reception"):
        change_branch(BEIJING, {"closing_days": ["2026-12-24"]})
        change_branch(BEIJING, {"closing_days": ["2026-12-24"]})
    told = facts(house, f"branch/{BEIJING}")
    assert names(told) == ["branch.opened", "branch.changed"]
    assert ([row.version for row in told], {row.branch_id for row in told}) == ([1, 2], {"group"})
    house.settle()
    with house.reading("appointments") as session:
        assert [day.isoformat() for day in branches.get(session, BEIJING).closing_days] == ["2026-12-24"]


NO_SENSE = [
    {"code": "group"}, {"code": "Bad Code"}, {"code": ""}, {"letter": "AB"}, {"letter": "1"}, {"name": ""},
    {"zone": "Mars/Olympus"}, {"hours": {"mon": [["18:00", "08:00"], ["07:00", "09:00"]]}},
    {"hours": {"noday": []}}, {"closing_days": ["2026-13-01"]},
]  # fmt: skip


def test_a_branch_that_makes_no_sense_is_refused(house):
    for wrong in NO_SENSE:
        with house.at("reception"), pytest.raises(Problem) as refused:
            open_branch(**{"code": "x", "name": "x", "letter": "X", **wrong})
        assert refused.value.status == 422, wrong


def test_a_code_belongs_to_one_branch(house):
    with house.at("reception"), pytest.raises(Problem) as refused:
        open_branch(BEIJING, "again", "A")
    assert refused.value.status == 409
    with house.at("reception"), pytest.raises(Problem) as unknown:
        change_branch("nowhere", {"name": "x"})
    assert unknown.value.status == 404


def test_only_headquarters_opens_branches(house):
    manager = Actor("staff", "1", BEIJING, house.runtime("reception").roles.permissions(["branch_manager"]))
    with house.at("reception", BEIJING, manager), pytest.raises(Problem) as refused:
        open_branch("x", "x", "X")
    assert refused.value.status == 403


def test_staff_read_their_branch_and_headquarters_all_of_them(house):
    client = house.client("reception")
    own = client.get(BRANCHES, headers=staff(house)).json["branches"]
    assert [each["code"] for each in own] == [BEIJING]
    assert own[0]["public_holidays"][0] == {"name": "元旦", "from": "2024-01-01", "to": "2024-01-01"}
    headquarters = house.key("reception", "hq", ["reports"])
    first = client.get(f"{BRANCHES}?limit=1", headers=headquarters).json
    second = client.get(f"{BRANCHES}?limit=1&after={first['next']}", headers=headquarters).json
    assert [each["code"] for page in (first, second) for each in page["branches"]] == [BEIJING, "sh-pudong"]
    assert second["next"] is None
    admin = client.get(BRANCHES, headers=staff(house, "hq_admin", "group")).json["branches"]
    assert len(admin) == 2
    assert client.get(BRANCHES, headers=kiosk(house)).status_code == 403

