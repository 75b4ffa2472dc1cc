"""What can come of work on call-backs, in words."""

from __future__ import annotations

HAPPENINGS = {
    "call_backs.no_allowed_hour": {
        "zh": "新时段里没有可以致电的时间，待办回访保持原来的期限",
        "en": "The new hours leave no time to call: open call-backs stay due as they were",
    },
}
