"""Reception's lines in the menu."""

from __future__ import annotations

from shared.web.navigation import Page

_FRONT = {"zh": "前台", "en": "Front desk"}
_SYSTEM = {"zh": "系统", "en": "System"}

FIND = Page(
    "/reception/customers", {"zh": "车牌、手机尾号、姓名、拼音首字母", "en": "Plate, phone tail, name, initials"},
    "search", "customers.search", _FRONT,
)  # fmt: skip

PAGES = (
    Page(
        "/reception/board", {"zh": "接待台", "en": "Reception board"}, "people-fill", "visits.read", _FRONT,
        home=frozenset({"receptionist"}),
    ),
    Page("/reception/customers", {"zh": "顾客", "en": "Customers"}, "search", "customers.search", _FRONT),
    Page("/reception/people", {"zh": "员工与权限", "en": "People and rights"}, "people", "staff.read", _SYSTEM),
    Page("/reception/kiosks", {"zh": "自助机", "en": "Kiosks"}, "display", "kiosks.read", _SYSTEM),
    Page("/reception/settings", {"zh": "设置", "en": "Settings"}, "gear", "settings.change", _SYSTEM),
)
