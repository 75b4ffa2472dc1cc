"""What a role may do and see, and that nobody gives more than is theirs to give."""

from __future__ import annotations

import pytest

from services.reception.staff import join
from shared.access import Actor
from shared.http.problems import Problem
from tests.reception.door import BEIJING, SHANGHAI

ABOVE = [
    (BEIJING, ["hq_admin"], "staff.role_elsewhere"), ("group", ["hq_analyst"], "unknown-reference"),
    (BEIJING, ["system_admin"], "staff.role_above"), (SHANGHAI, ["receptionist"], "unknown-reference"),
    (BEIJING, ["receptionist", "no_such_role"], "staff.role_unknown"),
]  # fmt: skip


@pytest.mark.parametrize("stack", ["embedded"], indirect=True)
def test_a_branch_gives_its_own_roles_and_no_higher_ones(house):
    manager = Actor("staff", "1", BEIJING, house.runtime("reception").roles.permissions(["branch_manager"]))
    with house.at("reception", BEIJING, manager):
        assert join("周敏", BEIJING, ["receptionist", "parts"])
        for branch, roles, code in ABOVE:
            with pytest.raises(Problem) as refused:
                join("周敏", branch, roles)
            assert code in [fault.code for fault in refused.value.errors], (branch, roles)
    admin = Actor("staff", "2", "group", house.runtime("reception").roles.permissions(["hq_admin"]))
    with house.at("reception", None, admin):
        assert join("秦岚", SHANGHAI, ["system_admin"])
        assert join("秦岚", "group", ["hq_analyst", "system_admin"])
