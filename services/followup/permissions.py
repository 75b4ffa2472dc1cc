"""Who may do what in followup: permission → roles."""

from __future__ import annotations

_CARE = frozenset({"care_specialist", "care_supervisor", "branch_manager"})
# Facts of other services do this; no person needs to.
_NOBODY: frozenset[str] = frozenset()

PERMISSIONS: dict[str, frozenset[str]] = {
    # What customers said of the work is read by whoever answers for the work.
    "call_backs.read": _CARE | {"service_manager"},
    "call_backs.attempt": _CARE,
    "call_backs.record": _CARE,
    "call_backs.plan": _NOBODY,
    "call_backs.forget": _NOBODY,
    # What customers say of us, in their own words.
    "complaints.read": _CARE | {"service_manager"},
    "personal.names": _CARE | {"service_manager"},
    # A phone without a record of who was shown it: nobody, until something needs it and says why.
    "personal.read": _NOBODY,
    "personal.reveal": _CARE,
    "files.bring": _CARE,
    "files.read": _CARE,
    "events.read": frozenset({"system_admin", "hq_admin"}),
    "events.release": frozenset({"system_admin"}),
    "settings.change": frozenset({"branch_manager", "care_supervisor", "system_admin", "hq_admin"}),
}
