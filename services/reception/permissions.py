"""Who may do what in reception. A kiosk's key is a role of its own: it may check visitors in and learns nothing."""

from __future__ import annotations

_DESK = frozenset({"receptionist", "branch_manager"})
_FLOOR = _DESK | {"service_advisor", "sales_consultant", "showroom_head"}
_BRANCH_ADMIN = frozenset({"branch_manager", "system_admin"})
_GROUP_ADMIN = frozenset({"system_admin", "hq_admin"})

PERMISSIONS: dict[str, frozenset[str]] = {
    "visits.check_in": _FLOOR | {"kiosk"},
    "visits.read": _FLOOR,
    "visits.call": _FLOOR,
    "visits.greet": _FLOOR,
    "visits.serve": _FLOOR,
    "visits.complete": _FLOOR,
    "visits.leave": _FLOOR,
    "customers.register": _FLOOR | {"kiosk"},
    "customers.search": _FLOOR,
    "customers.forget": _GROUP_ADMIN,
    "branches.read": _FLOOR | _GROUP_ADMIN | {"hq", "service"},
    "branches.open": _GROUP_ADMIN,
    "branches.change": _GROUP_ADMIN,
    "staff.join": _BRANCH_ADMIN | _GROUP_ADMIN,
    "kiosks.enrol": _BRANCH_ADMIN,
    "kiosks.revoke": _BRANCH_ADMIN,
    "calls.log": _FLOOR,
    "calls.import": _BRANCH_ADMIN | {"receptionist"},
    "files.bring": _FLOOR,
    "files.read": _FLOOR,
    "settings.change": _BRANCH_ADMIN | _GROUP_ADMIN,
}
