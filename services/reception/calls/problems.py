"""What can be wrong with calls and with lists of them, in words."""

from __future__ import annotations

from services.reception.calls.columns import TEXTS

PROBLEMS = {
    "call-exists": {
        "zh": ("来电已登记", "这个编号的来电已经登记过。"),
        "en": ("Call known already", "A call with this external id has been logged before."),
    },
}

FIELDS = {
    **{code: {"zh": zh, "en": en} for code, (zh, en) in TEXTS.items()},
    "mapping.json": {
        "zh": "应为 JSON 对象：标题 → 字段名或 null",
        "en": "Should be a JSON object: heading → field or null",
    },
    "mapping.field": {"zh": "没有这样的字段，可用：{known}", "en": "There is no such field; these are: {known}"},
    "zone.unknown": {"zh": "没有这个时区，例如 Asia/Shanghai", "en": "Not a time zone such as Asia/Shanghai"},
}
