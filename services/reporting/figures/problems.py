"""What can be wrong with a question to reporting, in words."""

from __future__ import annotations

PROBLEMS = {
    "unknown-branch": {
        "zh": ("没有这家门店", "没有使用这个代码的门店。"),
        "en": ("No such branch", "No branch has this code."),
    },
}
