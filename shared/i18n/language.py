"""Which of our languages somebody reads."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

LANGUAGES = ("zh", "en")
DEFAULT = "zh"
COOKIE = "yingbin_language"
_MOST_CHARACTERS = 200


def language_of(request: Request) -> str:
    """``zh`` or ``en``: what was chosen on a page, else by ``Accept-Language``; Chinese when that says neither."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    wished = request.headers.get("Accept-Language", "")
    return _best(wished) if 0 < len(wished) <= _MOST_CHARACTERS else DEFAULT


@lru_cache(maxsize=256)
def _best(wished: str) -> str:
    return parse_accept_header(wished, LanguageAccept).best_match(LANGUAGES, DEFAULT) or DEFAULT
