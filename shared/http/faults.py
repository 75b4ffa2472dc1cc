"""From marshmallow's nested messages to a flat list of faults with JSON pointers and stable codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shared.http.problems import Fault
from shared.http.strict_json import pointer_part

_CODE = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+", re.ASCII)
# marshmallow's own sentences, for fields that are not ours: they are for people, and we need codes.
_SENTENCES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"Missing data for required field", "field.required"),
        (r"Field may not be null", "field.null"),
        (r"Unknown field", "field.unknown"),
        (r"Invalid input type", "object.type"),
        (r"Not a valid (list|tuple)", "list.type"),
        (r"Not a valid (mapping|dict)", "object.type"),
        (r"Not a valid string", "text.type"),
        (r"Not a valid utf-8", "text.encoding"),
        (r"Not a valid boolean", "bool.type"),
        (r"Not a valid (integer|number)|Number too large", "number.type"),
        (r"Not a valid (datetime|aware datetime|naive datetime|time)", "time.format"),
        (r"Not a valid date", "date.format"),
        (r"Not a valid UUID", "id.format"),
        (r"Must be one of|Not a valid choice|One or more of the choices", "field.choice"),
        (r"Longer than maximum length|Shorter than minimum|Length must be", "field.length"),
        (r"Must be (greater|less)", "field.range"),
        (r"String does not match|Not a valid email|Not a valid URL", "text.format"),
    )
)


def faults(messages: Any, pointer: str = "") -> Iterator[Fault]:
    """Every fault in ``messages`` (marshmallow's nested dictionaries and lists)."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            # _schema is about the whole object, and "value"/"key" are how Dict fields nest.
            yield from faults(inner, pointer if key == "_schema" else f"{pointer}/{pointer_part(key)}")
    elif isinstance(messages, str):
        yield Fault(pointer, code_of(messages), getattr(messages, "params", {}))
    else:
        for message in messages:
            yield from faults(message, pointer)


def code_of(message: str) -> str:
    """The stable code of a message: codes are messages already, known sentences are translated."""
    if _CODE.fullmatch(message):
        return str(message)
    for pattern, code in _SENTENCES:
        if pattern.match(message):
            return code
    return "field.invalid"
