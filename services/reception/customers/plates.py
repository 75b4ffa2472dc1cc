"""Number plates of mainland China: one written form per car, and what kind of plate it is."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_TYPED = 32
MAX_PLATE = 9

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
# The letters I and O are not used: they read as 1 and 0.
_L = "A-HJ-NP-Z"
_A = f"{_L}0-9"
_P = f"[{PROVINCES}]"
_HEAD = f"{_P}[{_L}]"

# No group is nested and every quantifier is fixed, so a match costs the length of the text; the text is at most nine
# characters.
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ordinary", re.compile(f"{_HEAD}[{_A}]{{5}}")),
    # Small cars carry their letter first (D, F and the ones added since), large ones last.
    ("new_energy", re.compile(f"{_HEAD}[A-HJK][{_A}][0-9]{{4}}")),
    ("new_energy", re.compile(f"{_HEAD}[0-9]{{5}}[A-HJK]")),
    ("police", re.compile(f"{_HEAD}[{_A}]{{4}}警")),
    ("learner", re.compile(f"{_HEAD}[{_A}]{{4}}学")),
    ("trailer", re.compile(f"{_HEAD}[{_A}]{{4}}挂")),
    ("temporary", re.compile(f"{_HEAD}[{_A}]{{4,5}}临")),
    ("hong_kong", re.compile(f"粤Z[{_A}]{{4}}港")),
    ("macau", re.compile(f"粤Z[{_A}]{{4}}澳")),
    ("consulate", re.compile(f"{_HEAD}[{_A}]{{4}}领")),
    ("consulate", re.compile("领[0-9]{6}")),
    ("embassy", re.compile("使[0-9]{6}")),
    ("embassy", re.compile(f"{_HEAD}[{_A}]{{4}}使")),
    ("emergency", re.compile(f"{_P}[XS][0-9]{{4}}应急")),
    ("armed_police", re.compile(f"WJ{_P}?[0-9]{{4}}[0-9{_L}]")),
)

# What people and cameras write between the parts of a plate.
_BETWEEN = dict.fromkeys(map(ord, " ·•・‧∙⋅-"))
_LOOKALIKE_SCRIPTS = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LATIN")


class NotAPlate(ValueError):
    """``code`` is ``plate.format`` or ``plate.lookalike``; the text itself is never repeated."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate in its one written form, e.g. ``京A12345``, and its kind."""

    number: str
    kind: str


def read_plate(text: str) -> Plate:
    """The plate that ``text`` means: full-width and lower-case letters, spaces and dots are put right. Raises
    NotAPlate.

    A letter of another script that only looks like one of ours is refused by its own code: two cars would share a
    face.
    """
    if len(text) > MAX_TYPED:
        raise NotAPlate("plate.format")
    plain = unicodedata.normalize("NFKC", text)
    if any(unicodedata.category(char)[0] == "C" for char in plain):
        raise NotAPlate("plate.format")
    number = plain.translate(_BETWEEN).upper()
    if not 0 < len(number) <= MAX_PLATE:
        raise NotAPlate("plate.format")
    for kind, form in _FORMS:
        if form.fullmatch(number):
            return Plate(number, kind)
    raise NotAPlate("plate.lookalike" if any(map(_looks_like_ours, number)) else "plate.format")


def kind(number: str) -> str:
    """The kind of a plate in its written form; empty for what is none."""
    return next((kind for kind, form in _FORMS if form.fullmatch(number)), "")


def _looks_like_ours(char: str) -> bool:
    return not char.isascii() and unicodedata.name(char, "").startswith(_LOOKALIKE_SCRIPTS)


def masked(number: str) -> str:
    """How a plate is shown to who has nothing to do with the car: ``京A·***45``."""
    return f"{number[:2]}·***{number[-2:]}"
