"""The lines of followup in the menu."""

from __future__ import annotations

from shared.web.navigation import Page

PAGES = (
    Page(
        "/followup/worklist", {"zh": "回访清单", "en": "Call-backs"}, "headset", "call_backs.read",
        {"zh": "客户关怀", "en": "Customer care"},
    ),
    Page(
        "/followup/settings", {"zh": "关怀设置", "en": "Care settings"}, "sliders", "settings.change",
        {"zh": "系统", "en": "System"},
    ),
)  # fmt: skip
