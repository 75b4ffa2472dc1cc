"""The roles that people can have: one closed list for the four services, whose ``permissions.py`` name these and no
others. Reception gives them out, so it owns the list.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.access import current_actor
from shared.access.permissions import Role
from shared.events import GROUP
from shared.http.problems import Fault, invalid

ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role("receptionist", "前台接待", "Receptionist"),
        Role("service_advisor", "服务顾问", "Service advisor"),
        Role("technician", "维修技师", "Technician"),
        Role("workshop_controller", "车间调度", "Workshop controller"),
        Role("parts", "配件专员", "Parts specialist"),
        Role("care_specialist", "客户关怀专员", "Customer care specialist"),
        Role("care_supervisor", "客户关怀主管", "Customer care supervisor"),
        Role("sales_consultant", "销售顾问", "Sales consultant"),
        Role("showroom_head", "展厅主管", "Showroom head"),
        Role("marketing_specialist", "市场专员", "Marketing specialist"),
        Role("back_office", "内勤", "Back office clerk"),
        Role("office_admin", "行政主管", "Office administrator"),
        Role("technical_head", "技术总监", "Technical head"),
        Role("service_manager", "服务经理", "Service manager"),
        Role("branch_manager", "店总经理", "Branch manager"),
        # Met in a telephone system's list, not hired here: may be named as who took a call, and nothing else.
        Role("call_agent", "呼叫中心坐席", "Call centre agent"),
        Role("hq_analyst", "总部分析员", "Headquarters analyst", branch=False, group=True),
        Role("hq_admin", "总部管理员", "Headquarters administrator", branch=False, group=True),
        # Looks after the machines of one branch, or of the whole group.
        Role("system_admin", "系统管理员", "System administrator", group=True),
    )
}


def check_given(roles: Sequence[str], branch: str) -> None:
    """Whether these roles can be given in ``branch`` (``group`` for headquarters) by whoever acts; 422 ``validation``.

    Nobody reaches above themselves: who works for a branch gives roles of that branch, and not the one of the
    machines unless they have come in as the group's.
    """
    actor = current_actor()
    within = None if actor.kind != "staff" or actor.branch == GROUP else actor.branch
    faults = []
    for role in roles:
        known = ROLES.get(role)
        if known is None:
            faults.append(Fault("/roles", "staff.role_unknown"))
        elif not (known.group if branch == GROUP else known.branch):
            faults.append(Fault("/roles", "staff.role_elsewhere"))
        elif within is not None and known.group:
            faults.append(Fault("/roles", "staff.role_above"))
    if within not in (None, branch):
        faults.append(Fault("/branch", "unknown-reference"))
    if faults:
        raise invalid(*dict.fromkeys((fault.pointer, fault.code) for fault in faults))
