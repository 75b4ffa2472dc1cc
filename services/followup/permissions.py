"""Who may do what in followup: permission → roles."""

from __future__ import annotations

_CARE = frozenset({"care_specialist", "care_supervisor", "branch_manager"})
# Facts of other services do this; no person needs to.
_NOBODY: frozenset[str] = frozenset()

PERMISSIONS: dict[str, frozenset[str]] = {
    "call_backs.read": _CARE,
    "call_backs.attempt": _CARE,
    "call_backs.record": _CARE,
    "call_backs.plan": _NOBODY,
    "call_backs.forget": _NOBODY,
    "files.bring": _CARE,
    "files.read": _CARE,
    "settings.change": frozenset({"branch_manager", "care_supervisor", "system_admin", "hq_admin"}),
}
