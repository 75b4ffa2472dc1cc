"""Fields of what comes in. Each fault has a stable code; only outer spaces and letters' composition change."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import marshmallow as ma

from shared import clock
from shared.http.texts import lines_fault, one_line_fault

_CODE = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?", re.ASCII)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?P<offset>[Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)
_ROUGHLY = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOST_OFFSET = timedelta(hours=14)


class FieldFault(ma.ValidationError):
    """A fault with its code and the parameters of its sentence: ``raise FieldFault("plate.format")``."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(Code_(code, params))


class Code_(str):
    """marshmallow collects texts; this one remembers the numbers for the sentence."""

    params: Mapping[str, Any]

    def __new__(cls, code: str, params: Mapping[str, Any]) -> Code_:
        made = super().__new__(cls, code)
        made.params = params
        return made


def _documented(options: dict[str, Any], **limits: Any) -> dict[str, Any]:
    """The field's options with what it checks, for the OpenAPI document."""
    return {**options, "metadata": {**limits, **options.get("metadata", {})}}


class _Field(ma.fields.Field):
    default_error_messages = {"required": "field.required", "null": "field.null"}


class Text(_Field, ma.fields.String):
    """Text of 1 to ``most`` code points: outer spaces removed, letters composed (NFC), nothing invisible.

    ``lines``: may hold line ends and tabs. ``empty``: may be empty.
    """

    def __init__(self, most: int, *, lines: bool = False, empty: bool = False, **options: Any) -> None:
        super().__init__(**_documented(options, maxLength=most, minLength=0 if empty else 1))
        self.most, self.lines, self.empty = most, lines, empty

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        if type(value) is not str:
            raise FieldFault("text.type")
        # Before anything that takes time: a long text is not even normalised.
        if len(value) > self.most * 4 + 64:
            raise FieldFault("text.too_long", most=self.most)
        found = value.strip()
        if not found.isascii():
            found = unicodedata.normalize("NFC", found)
        code = lines_fault(found) if self.lines else one_line_fault(found)
        if code is not None:
            raise FieldFault(code)
        if len(found) > self.most:
            raise FieldFault("text.too_long", most=self.most)
        if not found and not self.empty:
            raise FieldFault("text.empty")
        return found


class Code(_Field, ma.fields.String):
    """A code of ours, such as a branch: small letters, digits, ``_`` and ``-``, at most ``most`` characters."""

    def __init__(self, most: int = 40, **options: Any) -> None:
        super().__init__(**_documented(options, maxLength=most, pattern=f"^{_CODE.pattern}$"))
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        if type(value) is not str:
            raise FieldFault("text.type")
        if not 0 < len(value) <= self.most or _CODE.fullmatch(value) is None:
            raise FieldFault("code.format")
        return value


class Choice(_Field, ma.fields.String):
    """One of a fixed set of texts."""

    def __init__(self, of: Iterable[str], **options: Any) -> None:
        self.of = tuple(of)
        self._set = frozenset(self.of)
        # marshmallow: a field that is None when it is missing may also be given as null.
        nullable = options.get("allow_none") or options.get("load_default", 0) is None
        super().__init__(**_documented(options, enum=[*self.of, None] if nullable else list(self.of)))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        if type(value) is not str:
            raise FieldFault("text.type")
        if value not in self._set:
            raise FieldFault("field.choice")
        return value

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        # Forms know no true and false but as words; the document shows them as they are sent.
        found = super()._serialize(value, attr, obj, **options)
        return found.lower() if type(value) is bool and found is not None else found


class Identity(_Field, ma.fields.String):
    """An id as we give them out: a UUID in small letters. Whether it exists is the action's question."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**_documented(options, format="uuid"))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        if type(value) is not str:
            raise FieldFault("text.type")
        if len(value) != 36 or _ID.fullmatch(value) is None:
            raise FieldFault("id.format")
        return value


class Whole(_Field, ma.fields.Integer):
    """A whole number from ``least`` to ``most``. In JSON a number, never a text or true; in a query ASCII digits."""

    def __init__(self, least: int = 0, most: int = 2**31 - 1, *, query: bool = False, **options: Any) -> None:
        super().__init__(**_documented(options, minimum=least, maximum=most))
        self.least, self.most, self.query = least, most, query

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        if self.query and type(value) is str:
            digits = value[1:] if value.startswith("-") and self.least < 0 else value
            if not (digits.isascii() and digits.isdigit() and len(digits) <= 19):
                raise FieldFault("query.number", least=self.least, most=self.most)
            value = int(value)
        if type(value) is not int:
            raise FieldFault("number.type")
        return self._bounded(value)

    def _bounded(self, value: int) -> int:
        if not self.least <= value <= self.most:
            raise FieldFault("number.range", least=self.least, most=self.most)
        return value


class Limit(Whole):
    """How many rows of a list a query wants: more than ``most`` is capped, not refused."""

    def __init__(self, default: int = 50, most: int = 200, **options: Any) -> None:
        super().__init__(1, most, query=True, load_default=default, **options)
        told = {name: value for name, value in self.metadata.items() if name != "maximum"}
        self.metadata = {"description": f"Rows of a page; more than {most} is capped.", **told}

    def _bounded(self, value: int) -> int:
        if value < self.least:
            raise FieldFault("query.number", least=self.least, most=self.most)
        return min(value, self.most)


class Flag(_Field, ma.fields.Boolean):
    """true or false. In a query also those words."""

    def __init__(self, *, query: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.query = query

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:
        if self.query and value in ("true", "false"):
            return value == "true"
        if type(value) is not bool:
            raise FieldFault("bool.type")
        return value


class Instant(_Field, ma.fields.DateTime):
    """An instant with its offset (RFC 3339), as UTC. ``past``, ``future``: how far from now it may lie."""

    def __init__(self, *, past: timedelta | None = None, future: timedelta | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.past, self.future = past, future

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:
        if type(value) is not str:
            raise FieldFault("time.format")
        shape = _INSTANT.fullmatch(value) if len(value) <= 40 else None
        if shape is None or shape["offset"] is None:
            naive = len(value) <= 40 and _ROUGHLY.fullmatch(value) is not None and _exists(value)
            raise FieldFault("time.offset_required" if naive else "time.format")
        try:
            found = clock.parse(value.upper())
            offset = shape["offset"]
            if len(offset) == 6 and timedelta(hours=int(offset[1:3]), minutes=int(offset[4:])) > _MOST_OFFSET:
                raise ValueError
        except (ValueError, OverflowError):
            raise FieldFault("time.format") from None
        return self._bounded(found)

    def _bounded(self, found: datetime) -> datetime:
        now = clock.now()
        if found.year < 1970 or found.year > 9000:
            raise FieldFault("time.range")
        if (self.past is not None and found < now - self.past) or (
            self.future is not None and found > now + self.future
        ):
            raise FieldFault("time.range")
        return found

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else clock.wire(value)


class Day(_Field, ma.fields.Date):
    """A calendar day, ``2026-11-23``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> date:
        if type(value) is not str or _DAY.fullmatch(value) is None:
            raise FieldFault("date.format")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise FieldFault("date.format") from None


def _exists(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
