"""Who may do what in reception. A kiosk's key is a role of its own: it may check visitors in and learns nothing."""

from __future__ import annotations

_DESK = frozenset({"receptionist", "branch_manager"})
# Whoever meets visitors in the hall.
_FLOOR = _DESK | {"service_advisor", "service_manager", "sales_consultant", "showroom_head"}
# Whoever plans by who is in the house, without calling anybody up.
_WATCH = _FLOOR | {"workshop_controller", "technical_head", "care_supervisor", "office_admin"}
_BRANCH_ADMIN = frozenset({"branch_manager", "system_admin"})
_GROUP_ADMIN = frozenset({"system_admin", "hq_admin"})
_EVERYBODY = _WATCH | _GROUP_ADMIN | {
    "technician", "parts", "care_specialist", "marketing_specialist", "back_office", "hq_analyst",
}  # fmt: skip

PERMISSIONS: dict[str, frozenset[str]] = {
    "visits.check_in": _FLOOR | {"kiosk"},
    "visits.read": _WATCH,
    "visits.call": _FLOOR,
    "visits.greet": _FLOOR,
    "visits.serve": _FLOOR,
    "visits.complete": _FLOOR,
    "visits.leave": _FLOOR,
    "customers.register": _FLOOR | {"kiosk"},
    "customers.search": _FLOOR,
    "customers.forget": _GROUP_ADMIN,
    "branches.read": _EVERYBODY | {"hq", "service"},
    "branches.open": _GROUP_ADMIN,
    "branches.change": _GROUP_ADMIN,
    "staff.join": _BRANCH_ADMIN | _GROUP_ADMIN,
    "staff.read": _BRANCH_ADMIN | _GROUP_ADMIN,
    "staff.change": _BRANCH_ADMIN | _GROUP_ADMIN,
    "staff.change_access": _BRANCH_ADMIN | _GROUP_ADMIN,
    "kiosks.enrol": _BRANCH_ADMIN,
    "kiosks.read": _BRANCH_ADMIN | {"receptionist", "office_admin"},
    "kiosks.rename": _BRANCH_ADMIN,
    "kiosks.revoke": _BRANCH_ADMIN,
    "calls.log": _FLOOR | {"back_office"},
    "calls.import": _BRANCH_ADMIN | {"receptionist", "back_office"},
    # Whoever speaks to visitors or looks for their car; the others see a first letter and two digits.
    "personal.names": (_WATCH | {"care_specialist"}) - {"office_admin"},
    # A phone without a record of who was shown it: nobody, until something needs it and says why.
    "personal.read": frozenset(),
    "personal.reveal": _FLOOR,
    "files.bring": _FLOOR,
    "files.read": _FLOOR,
    "events.read": _GROUP_ADMIN,
    "events.release": frozenset({"system_admin"}),
    "settings.change": _BRANCH_ADMIN | _GROUP_ADMIN,
}
