"""Which characters a text may hold, whoever sends it and wherever it goes: database, wire, page, log, spreadsheet."""

from __future__ import annotations

import re
import unicodedata

# C0 but tab and line ends, DEL, C1; soft hyphen is left alone. Zero-width, bidi controls, BOM, interlinear marks, tag
# characters: they make two names look the same or one name read backwards. Lone surrogates cannot be encoded at all.
_SURROGATE = "\ud800-\udfff"
_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    f"{_SURROGATE}\U000e0000-\U000e007f]"
)
_LONE = re.compile(f"[{_SURROGATE}]")
_LINE = re.compile("[\t\n\r]")
_MOST_MARKS = 4


def text_fault(text: str) -> str | None:
    """``text.control`` or ``text.encoding`` when a character is allowed nowhere, else None. Tab and line ends pass."""
    if _REFUSED.search(text) is None:
        return None
    return "text.encoding" if _LONE.search(text) else "text.control"


def lines_fault(text: str) -> str | None:
    """The same for what somebody typed: piles of marks on one letter are refused too."""
    return text_fault(text) or ("text.control" if _piled(text) else None)


def one_line_fault(text: str) -> str | None:
    """The same for a text of one line: no tab, no line end."""
    return "text.control" if _LINE.search(text) is not None else lines_fault(text)


def _piled(text: str) -> bool:
    if text.isascii():
        return False
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MOST_MARKS:
            return True
    return False
