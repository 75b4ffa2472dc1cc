"""What a name or a number is found by, and what somebody looks for when typing a part of it.

A name is kept from each character on (欧阳娜娜, 阳娜娜, 娜娜, 娜), so single characters, pairs and any longer part are
beginnings of a term; the same by syllables of its pinyin (ouyangnana … na) and their initials (oynn … ), and by words
of a name in Latin letters. A number is kept backwards behind ``#``, so that its last characters are a beginning.
"""

from __future__ import annotations

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

from shared.search.model import TERM_LENGTH
from shared.search.surnames import readings

# The last characters of a number by which people find it: no more is kept, no less is looked for.
LONGEST_TAIL, SHORTEST_TAIL = 12, 3
SHORTEST_LATIN = 2
_MOST_PARTS = 12
_TAIL = "#"

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_IS_HAN = re.compile(f"[{_HAN}]")
_WORD = re.compile(r"[^\W\d_]+")
_UMLAUT = re.compile("(?<=[ln])ü")
_BETWEEN = re.compile(r"[\W_]+")


def name_terms(name: str | None) -> set[str]:
    """The terms of a person's or thing's name; of a text without letters none."""
    if not name:
        return set()
    plain = unicodedata.normalize("NFKC", name).casefold()
    if not _IS_HAN.search(plain):
        return _beginnings([_latin(word) for word in _WORD.findall(plain)])
    joined = _BETWEEN.sub("", plain)
    found = _beginnings(list(joined))
    for syllables in _syllables(joined):
        found |= _beginnings(syllables)
        # A single initial finds everybody: it is no term.
        found |= {term for term in _beginnings([syllable[0] for syllable in syllables]) if len(term) > 1}
    return found


def tail_term(number: str | None) -> set[str]:
    """The term of a phone, plate or other number, by which its last characters find it."""
    plain = _plain_number(number or "")
    return {_TAIL + plain[::-1][:LONGEST_TAIL]} if len(plain) >= SHORTEST_TAIL else set()


def query_term(typed: str) -> str | None:
    """The beginning of the terms that somebody means who types this; None when it is too little to look for.

    With a digit it is the end of a number, else a part of a name.
    """
    plain = unicodedata.normalize("NFKC", typed).casefold()
    if any(character.isdigit() for character in plain):
        number = _plain_number(plain)
        return _TAIL + number[::-1] if SHORTEST_TAIL <= len(number) <= LONGEST_TAIL else None
    joined = _BETWEEN.sub("", plain)
    if not _IS_HAN.search(joined):
        joined = _latin(joined)
        return joined[:TERM_LENGTH] if len(joined) >= SHORTEST_LATIN else None
    return joined[:TERM_LENGTH]


def _beginnings(parts: list[str]) -> set[str]:
    """What begins at each part: a, b, c → abc, bc, c."""
    return {"".join(parts[at:])[:TERM_LENGTH] for at in range(min(len(parts), _MOST_PARTS)) if parts[at]}


def _syllables(name: str) -> list[list[str]]:
    """The syllables of a name, for each way to read its surname."""
    found = []
    for surname in readings(name):
        # v is how ü is typed; what has no reading is left out.
        rest = lazy_pinyin(name[len(surname) :], style=Style.NORMAL, errors=_letters)
        found.append([syllable for syllable in (*surname, *rest) if syllable])
    return found


def _letters(between: str) -> str:
    """Latin letters among the characters (A明) stay."""
    return "".join(_WORD.findall(_latin(between))) if not _IS_HAN.search(between) else ""


def _latin(word: str) -> str:
    """Small letters without marks: José is found as jose, and lü as lv."""
    plain = unicodedata.normalize("NFD", _UMLAUT.sub("v", word))
    return "".join(character for character in plain if not unicodedata.combining(character))


def _plain_number(text: str) -> str:
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).casefold())
