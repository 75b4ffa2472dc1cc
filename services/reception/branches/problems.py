"""What can be wrong with a branch, in words."""

from __future__ import annotations

PROBLEMS = {
    "branch-exists": {
        "zh": ("门店代码已被使用", "已有门店使用这个代码。"),
        "en": ("Branch exists", "Another branch has this code."),
    },
}

FIELDS = {
    "branch.code": {
        "zh": "应为 1 至 40 个小写字母、数字或连字符",
        "en": "Should be 1 to 40 small letters, digits or hyphens",
    },
    "branch.letter": {"zh": "应为一个大写字母", "en": "Should be one capital letter"},
    "branch.calendar": {"zh": "时区、营业时间或节假日有误", "en": "The zone, the hours or the holidays make no sense"},
}
