"""Reading single cells: what people and their programs write, into one value, or a fault that says what was expected.

A raw cell is text (CSV), or what Excel keeps: numbers, booleans, dates, times, durations. ``None`` is an empty cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shared import clock
from shared.importing.problems import CellFault

FORMULA = object()
"""Stands for a cell of a workbook that holds a formula."""
ERROR_VALUE = object()
"""Stands for a cell of a workbook that holds an error (``#N/A``)."""

_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,18}([.,][0-9]{1,9})?%?", re.ASCII)
_NOTHING = frozenset({"", "-", "--", "—", "——", "/", "\\N", "NULL", "null", "n/a", "N/A"})
_MARKS_AT_START = "=+-@"
# A cell is checked for its length before any pattern looks at it.
_LONGEST = 2000

_WHOLE = re.compile(r"[+-]?[0-9]{1,12}", re.ASCII)
_DATE = re.compile(r"([0-9]{4})([-/.年])([0-9]{1,2})([-/.月])([0-9]{1,2})日?", re.ASCII)
_DIGITS_DATE = re.compile(r"[0-9]{8}", re.ASCII)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,6})?)?", re.ASCII)
_DURATION = re.compile(r"([0-9]{1,3}):([0-9]{2}):([0-9]{2})", re.ASCII)
_YES = frozenset(
    {"y", "yes", "true", "t", "1", "是", "有", "已接", "已接听", "接通", "已接通", "已解决", "解决", "√", "✓"}
)
_NO = frozenset({"n", "no", "false", "f", "0", "否", "无", "未接", "未接听", "未接通", "未解决", "×", "✗"})

# Excel's times have no zone: they are what a wall clock showed.
_EXCEL_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001

Read = Callable[[Any], Any]


def prepare(raw: Any, *, neutral: bool = False) -> Any:
    """A raw cell ready to be read: None when it says nothing, text normalised (NFKC) and stripped.

    Raises CellFault for formulas (also text that a spreadsheet would run), Excel's error values and control characters.
    ``neutral`` columns keep text that begins like a formula as plain text: it is only ever shown and exported as text.
    """
    if raw is None:
        return None
    if raw is FORMULA:
        raise CellFault("cell.formula")
    if raw is ERROR_VALUE:
        raise CellFault("cell.error_value")
    if not isinstance(raw, str):
        return raw
    if len(raw) > _LONGEST:
        raise CellFault("cell.too_long", most=_LONGEST)
    text = (raw if raw.isascii() else unicodedata.normalize("NFKC", raw)).strip()
    if text in _NOTHING:
        return None
    if text.isascii():
        if not text.isprintable():
            raise CellFault("cell.control")
    elif any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for character in text):
        raise CellFault("cell.control")
    if text[0] in _MARKS_AT_START and not neutral and not _PLAIN_NUMBER.fullmatch(text):
        raise CellFault("cell.formula")
    return text


def text(most: int) -> Read:
    """Text of at most ``most`` characters; a number that Excel made of an id is taken as its digits."""

    def read(raw: Any) -> str:
        if isinstance(raw, float) and raw.is_integer():
            raw = int(raw)
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            raw = str(raw)
        found = str(raw)
        if len(found) > most:
            raise CellFault("cell.too_long", most=most)
        return found

    return read


def whole(least: int, most: int) -> Read:
    """A whole number from ``least`` to ``most``."""

    def read(raw: Any) -> int:
        if isinstance(raw, str):
            if not _WHOLE.fullmatch(raw.removesuffix(".0")):
                raise CellFault("cell.number")
            raw = int(raw.removesuffix(".0"))
        elif isinstance(raw, float) and raw.is_integer():
            raw = int(raw)
        if type(raw) is not int:
            raise CellFault("cell.number")
        if not least <= raw <= most:
            raise CellFault("cell.range", least=least, most=most)
        return raw

    return read


def yes_no(raw: Any) -> bool:
    """Yes or no, in Chinese, English or as a number."""
    if isinstance(raw, bool):
        return raw
    said = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw).casefold()
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise CellFault("cell.yes_no")


def day(raw: Any) -> date:
    """A calendar day, year first: 2026-11-23, 2026/11/23, 2026年11月23日, 20261123; other orders are ambiguous."""
    if isinstance(raw, datetime):
        if raw.time() != time():
            raise CellFault("cell.date")
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if isinstance(raw, str):
        if _DIGITS_DATE.fullmatch(raw):
            return _date(int(raw[:4]), int(raw[4:6]), int(raw[6:]))
        match = _DATE.fullmatch(raw)
        if match:
            return _date(int(match[1]), int(match[3]), int(match[5]))
    raise CellFault("cell.date")


def _date(year: int, month: int, day_of_month: int) -> date:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise CellFault("cell.date") from None


def clock_time(raw: Any) -> time:
    """A time of day: 9:12, 9:12:58; fractions of a second are dropped."""
    if isinstance(raw, datetime) and raw.date() in (date(1899, 12, 30), date(1900, 1, 1)):
        return raw.time().replace(microsecond=0)  # Excel's time of day without a day
    if isinstance(raw, time):
        return raw.replace(microsecond=0, tzinfo=None)
    if isinstance(raw, timedelta) and timedelta() <= raw < timedelta(days=1):
        return (_EXCEL_DAY_0 + raw).time().replace(microsecond=0)
    match = _TIME.fullmatch(raw) if isinstance(raw, str) else None
    if match is None:
        raise CellFault("cell.time")
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        raise CellFault("cell.time") from None


def moment(raw: Any) -> datetime:
    """A day and a time of day in one cell, on the wall clock: naive."""
    if isinstance(raw, datetime):
        return raw.replace(microsecond=0, tzinfo=None)
    if isinstance(raw, str):
        parts = raw.replace("T", " ").split()
        if len(parts) == 2:
            try:
                return datetime.combine(day(parts[0]), clock_time(parts[1]))
            except CellFault:
                pass
    raise CellFault("cell.moment")


def instant(local: datetime, zone_name: str) -> datetime:
    """The instant of a wall clock's time in a zone (UTC). An hour that comes twice is taken the first time it comes.

    Raises CellFault ``time.nonexistent`` for an hour that daylight saving leaves out.
    """
    found = local.replace(tzinfo=clock.zone(zone_name), fold=0).astimezone(UTC)
    if clock.local(found, zone_name).replace(tzinfo=None) != local:
        raise CellFault("time.nonexistent")
    return found


def duration_seconds(most: int) -> Read:
    """A duration as seconds, at most ``most``: h:mm:ss, or a whole number of seconds.

    ``2:23`` alone is refused: it is minutes for one program and hours for the next.
    """
    seconds_of = whole(0, most)

    def read(raw: Any) -> int:
        if isinstance(raw, datetime) and raw.year in (1899, 1900):
            raw = raw - _EXCEL_DAY_0
        if isinstance(raw, time):
            found = raw.hour * 3600 + raw.minute * 60 + raw.second
        elif isinstance(raw, timedelta):
            found = round(raw.total_seconds())
        elif isinstance(raw, str) and (match := _DURATION.fullmatch(raw)):
            if int(match[2]) > 59 or int(match[3]) > 59:
                raise CellFault("cell.duration")
            found = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
        else:
            try:
                return seconds_of(raw)
            except CellFault as fault:
                raise fault if fault.code == "cell.range" else CellFault("cell.duration") from None
        if not 0 <= found <= most:
            raise CellFault("cell.range", least=0, most=most)
        return found

    return read
