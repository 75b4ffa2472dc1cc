"""Reporting's lines in the menu."""

from __future__ import annotations

from shared.web.navigation import Page

_MANAGEMENT = {"zh": "经营", "en": "Management"}
_SYSTEM = {"zh": "系统", "en": "System"}

PAGES = (
    Page("/reporting/today", {"zh": "门店当日", "en": "The branch's day"}, "speedometer2", "figures.read", _MANAGEMENT),
    Page(
        "/reporting/branches", {"zh": "全部门店", "en": "All branches"}, "grid-3x3-gap", "figures.compare", _MANAGEMENT
    ),
    Page("/reporting/feed", {"zh": "事实流", "en": "The feed of facts"}, "broadcast", "feed.read", _MANAGEMENT),
    Page("/reporting/events", {"zh": "报表事件", "en": "Events of reporting"}, "activity", "events.read", _SYSTEM),
    Page("/reporting/settings", {"zh": "报表设置", "en": "Settings of reporting"}, "gear", "settings.change", _SYSTEM),
)
