"""What happened, kept as a code and its parameters and put into words when somebody reads it, in their language.

A capability adds its own words in ``happenings.py`` (HAPPENINGS: code → language → sentence with {names}). Parameters
are numbers, codes, ids, instants as text; never a person's name, phone or plate.
"""

from __future__ import annotations

from typing import Any

HAPPENINGS: dict[str, dict[str, str]] = {
    "setting.changed": {"zh": "设为 {value}，自 {from} 起", "en": "Set to {value}, from {from} on"},
    "unexpected": {"zh": "出现了意外情况，已记录", "en": "Something unexpected happened and was noted"},
    "crashed": {"zh": "多次中断，已放弃", "en": "It was interrupted too often and given up"},
    "cancelled": {"zh": "已取消", "en": "Cancelled"},
}


def happened(code: str, **params: Any) -> dict[str, Any]:
    """Something that happened, in the form that is kept (in a job's result, a row's history): never a sentence."""
    return {"code": code, "params": params} if params else {"code": code}
