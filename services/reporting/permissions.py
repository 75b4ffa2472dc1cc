"""Who may do what in reporting. Figures follow from facts, headquarters reads by key: people do nothing here yet."""

from __future__ import annotations

PERMISSIONS: dict[str, frozenset[str]] = {
    # The consumer alone (the system passes every check); no role may write history.
    "feed.append": frozenset(),
    # Reports have no pictures.
    "files.bring": frozenset(),
    "files.read": frozenset(),
    "settings.change": frozenset({"branch_manager", "system_admin", "hq_admin"}),
}
