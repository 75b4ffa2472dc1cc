"""A setting's value as a person types it, and as a person reads it.

Lists are typed one item a line (a comma does as well), spans as ``09:00-12:00``. What cannot be read is handed on as it
is: the setting's own type then says what is wrong with it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from shared.settings.registry import Setting

MOST_TYPED = 4000
_WHOLE = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_BETWEEN_ITEMS = re.compile(r"[\n,;、，；]")
_BETWEEN_TIMES = re.compile(r"[-–—~～至]")


def typed(setting: Setting, text: str) -> Any:
    """The wire form of what was typed."""
    if setting.type == "text":
        return text.replace("\r\n", "\n").strip()
    plain = unicodedata.normalize("NFKC", text).strip()
    if setting.type in ("int", "minutes"):
        return int(plain) if _WHOLE.fullmatch(plain) else plain
    if setting.type == "bool":
        return {"true": True, "false": False}.get(plain, plain)
    if setting.type == "ratio":
        return plain
    items = [item.strip() for item in _BETWEEN_ITEMS.split(plain) if item.strip()]
    if setting.type == "spans":
        return [[end.strip() for end in _BETWEEN_TIMES.split(item)] for item in items]
    return items


def shown(setting: Setting, wire: Any) -> str:
    """The text that ``typed`` reads back as ``wire``."""
    if setting.type == "bool":
        return "true" if wire else "false"
    if setting.type == "spans":
        return "\n".join("-".join(span) for span in wire)
    if setting.type in ("codes", "times"):
        return "\n".join(wire)
    return str(wire)
