"""How a request is read and answered: strict JSON, problems, idempotency, pages of lists, versions.

>>> from shared.http import Blueprint, InputSchema, Problem, Text, idempotent      # what a capability needs
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.http.bodies import accepts
    from shared.http.cursors import decode_cursor, encode_cursor
    from shared.http.etags import etag, expect_version, require_version, seen_if_said, versionless
    from shared.http.fields import Choice, Code, Day, FieldFault, Flag, Identity, Instant, Limit, Text, Whole
    from shared.http.idempotency import answered_once, concerns, idempotent
    from shared.http.problems import Fault, Problem
    from shared.http.query import whole_number
    from shared.http.schemas import Blueprint, InputSchema, OutputSchema, QuerySchema

_ROOMS = {
    "bodies": ("accepts",),
    "cursors": ("decode_cursor", "encode_cursor"),
    "etags": ("etag", "expect_version", "require_version", "seen_if_said", "versionless"),
    "fields": ("Choice", "Code", "Day", "FieldFault", "Flag", "Identity", "Instant", "Limit", "Text", "Whole"),
    "idempotency": ("answered_once", "concerns", "idempotent"),
    "problems": ("Fault", "Problem"),
    "query": ("whole_number",),
    "schemas": ("Blueprint", "InputSchema", "OutputSchema", "QuerySchema"),
}
_WHERE = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Blueprint",
    "Choice",
    "Code",
    "Day",
    "Fault",
    "FieldFault",
    "Flag",
    "Identity",
    "InputSchema",
    "Instant",
    "Limit",
    "OutputSchema",
    "Problem",
    "QuerySchema",
    "Text",
    "Whole",
    "accepts",
    "answered_once",
    "concerns",
    "decode_cursor",
    "encode_cursor",
    "etag",
    "expect_version",
    "idempotent",
    "require_version",
    "seen_if_said",
    "versionless",
    "whole_number",
]


def __getattr__(name: str) -> Any:
    # Late: actions raise Problem without wanting a web framework's parsers, and access is imported from here and there.
    if name in _WHERE:
        return getattr(importlib.import_module(f"shared.http.{_WHERE[name]}"), name)
    raise AttributeError(name)
