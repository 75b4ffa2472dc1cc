"""The lines of appointments in the menu."""

from __future__ import annotations

from shared.web.navigation import Page

_AFTER_SALES = {"zh": "售后", "en": "After-sales"}
_SYSTEM = {"zh": "系统", "en": "System"}

PAGES = (
    Page(
        "/appointments/desk", {"zh": "顾问工作台", "en": "Advisor's desk"}, "person-workspace", "arrivals.read",
        _AFTER_SALES,
    ),
    Page("/appointments/workshop", {"zh": "车间进度", "en": "Workshop"}, "kanban", "repair_orders.read", _AFTER_SALES),
    Page(
        "/appointments/settings", {"zh": "售后设置", "en": "After-sales settings"}, "sliders", "settings.change",
        _SYSTEM,
    ),
)  # fmt: skip
