"""The typed registry: each number of a rule that a branch may change is a ``Setting`` with type, default and duty.

A setting has two forms: the *wire* form (JSON: posted by a page, carried by an event, kept in the table) and the value.

========== ============================================== =====================================
type       wire form                                      value in code
========== ============================================== =====================================
``int``    ``5``                                          ``int``
``minutes`` ``30`` (whole minutes)                         ``int`` minutes
``bool``   ``true``                                       ``bool``
``text``   ``"…"``                                        ``str``
``ratio``  ``"0.85"`` (0 … 1, a string keeps it exact)    ``decimal.Decimal``
``codes``  ``["a", "b"]``                                 ``tuple[str, ...]``
``spans``  ``[["09:00", "12:00"], ["14:00", "20:00"]]``   ``tuple[tuple[time, time], ...]`` local
``times``  ``["17:00"]``                                  ``tuple[time, ...]`` local
========== ============================================== =====================================
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any

BRANCH, GROUP = "branch", "group"

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+", re.ASCII)
_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}", re.ASCII)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


class NotASettingValue(ValueError):
    """The wire form does not fit the setting's type or bounds. ``code`` is stable; the value itself is not repeated."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _int(wire: Any) -> int:
    if type(wire) is not int:
        raise NotASettingValue("setting.int")
    return wire


def _bool(wire: Any) -> bool:
    if type(wire) is not bool:
        raise NotASettingValue("setting.bool")
    return wire


def _text(wire: Any) -> str:
    if not isinstance(wire, str) or len(wire) > 2000 or any(ord(c) < 32 and c not in "\n\t" for c in wire):
        raise NotASettingValue("setting.text")
    return wire


def _ratio(wire: Any) -> Decimal:
    # A float would say 0.8500000000000000333; text is exact and the same in JSON, TOML and the database.
    if not isinstance(wire, str) or len(wire) > 12:
        raise NotASettingValue("setting.ratio")
    try:
        value = Decimal(wire)
    except InvalidOperation:
        raise NotASettingValue("setting.ratio") from None
    if not value.is_finite() or not 0 <= value <= 1:
        raise NotASettingValue("setting.ratio")
    return value


def _codes(wire: Any) -> tuple[str, ...]:
    if not isinstance(wire, list | tuple) or len(wire) > 200 or len({str(code) for code in wire}) != len(wire):
        raise NotASettingValue("setting.codes")
    for code in wire:
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise NotASettingValue("setting.codes")
    return tuple(wire)


def _clock_time(wire: Any) -> time:
    # "24:00" means the end of the day; no datetime.time says that, so a span that ends there is refused and ends 23:59.
    if not isinstance(wire, str) or not _CLOCK.fullmatch(wire):
        raise NotASettingValue("setting.time")
    return time.fromisoformat(wire)


def _times(wire: Any) -> tuple[time, ...]:
    if not isinstance(wire, list | tuple) or len(wire) > 48:
        raise NotASettingValue("setting.times")
    return tuple(_clock_time(each) for each in wire)


def _spans(wire: Any) -> tuple[tuple[time, time], ...]:
    if not isinstance(wire, list | tuple) or len(wire) > 12:
        raise NotASettingValue("setting.spans")
    found: list[tuple[time, time]] = []
    for span in wire:
        if not isinstance(span, list | tuple) or len(span) != 2:
            raise NotASettingValue("setting.spans")
        start, end = _clock_time(span[0]), _clock_time(span[1])
        if start >= end or (found and start < found[-1][1]):
            raise NotASettingValue("setting.spans")
        found.append((start, end))
    return tuple(found)


READERS: dict[str, Callable[[Any], Any]] = {
    "int": _int, "minutes": _int, "bool": _bool, "text": _text, "ratio": _ratio,
    "codes": _codes, "times": _times, "spans": _spans,
}  # fmt: skip
_PYTHON_NAMES: dict[type, str] = {int: "int", bool: "bool", str: "text", Decimal: "ratio"}


@dataclass(frozen=True)
class Setting:
    """One setting. ``key`` is ``<capability>.<name>``; ``default`` and the bounds are wire forms.

    ``scope`` is ``branch`` or ``group``; ``duty`` cites the row that needs it; ``zh`` and ``en`` are its names on the
    page; ``least`` and ``most`` bound an ``int`` or ``minutes``. A wrong declaration raises at import.
    """

    key: str
    type: Any
    default: Any
    scope: str = BRANCH
    duty: str = ""
    zh: str = ""
    en: str = ""
    least: int | None = None
    most: int | None = None

    def __post_init__(self) -> None:
        named = _PYTHON_NAMES.get(self.type, self.type) if isinstance(self.type, type) else self.type
        object.__setattr__(self, "type", named)
        if named not in READERS:
            raise ValueError(f"{self.key}: no setting type {named!r}")
        if not _KEY.fullmatch(self.key) or len(self.key) > 70:
            raise ValueError(f"{self.key!r} is not a key like capability.name")
        if self.scope not in (BRANCH, GROUP) or not (self.duty and self.zh and self.en):
            raise ValueError(f"{self.key}: a setting names its scope, its duty and both languages")
        self.read(self.default)

    def read(self, wire: Any) -> Any:
        """The value code uses for a wire form. Raises NotASettingValue."""
        value = READERS[self.type](wire)
        if self.type in ("int", "minutes"):
            least = 0 if self.least is None and self.type == "minutes" else self.least
            if (least is not None and value < least) or (self.most is not None and value > self.most):
                raise NotASettingValue("setting.range")
        return value


class Registry:
    """All settings of one service, by key. Collected per app, so that four services in one process do not mix."""

    def __init__(self, settings: tuple[Setting, ...] = ()) -> None:
        self._by_key: dict[str, Setting] = {}
        self.add(settings)

    def add(self, settings: tuple[Setting, ...]) -> None:
        """Take over what a capability declares; a key twice is an error."""
        for setting in settings:
            if setting.key in self._by_key:
                raise ValueError(f"two settings named {setting.key}")
            self._by_key[setting.key] = setting

    def get(self, key: str) -> Setting | None:
        """The setting of that key, or None."""
        return self._by_key.get(key)

    def __iter__(self):
        return iter(sorted(self._by_key.values(), key=lambda setting: setting.key))

    def __len__(self) -> int:
        return len(self._by_key)
