"""Who may do what in reporting. Figures follow from facts, headquarters reads by key: people do little here yet."""

from __future__ import annotations

_HEADQUARTERS = frozenset({"hq_analyst", "hq_admin"})

PERMISSIONS: dict[str, frozenset[str]] = {
    # The consumer alone (the system passes every check); no role may write history.
    "feed.append": frozenset(),
    "feed.read": _HEADQUARTERS,
    # Whoever leads people reads the figures of their own branch, headquarters those of all.
    "figures.read": _HEADQUARTERS | {
        "branch_manager", "service_manager", "care_supervisor", "showroom_head", "technical_head",
    },
    "figures.compare": _HEADQUARTERS,
    "events.read": frozenset({"system_admin", "hq_admin"}),
    "events.release": frozenset({"system_admin"}),
    "settings.change": frozenset({"branch_manager", "system_admin", "hq_admin"}),
}  # fmt: skip
