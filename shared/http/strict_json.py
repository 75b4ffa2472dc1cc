"""JSON as the standard means it: one object, each key once, finite numbers, bounded depth, clean text.

Python's reader takes duplicate keys, NaN, a BOM and lone surrogates, and 30 000 brackets make it fail. That ends here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from shared.http.problems import Fault, Problem
from shared.http.texts import text_fault

MOST_DEPTH = 20
_MOST_DIGITS = 19
_MOST_WHOLE = 2**63
# Outside of strings; a string with its escapes is skipped as one piece.
_NESTING = re.compile(rb'"(?:[^"\\]+|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


class _Refused(ValueError):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("json.duplicate_key")
    return found


def _constant(name: str) -> Any:
    raise _Refused("json.number")


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS + 1 or digits == "-0":
        raise _Refused("json.number")
    found = int(digits)
    if not -_MOST_WHOLE <= found < _MOST_WHOLE:
        raise _Refused("json.number")
    return found


def _fraction(digits: str) -> float:
    found = float(digits) if len(digits) <= 40 else float("inf")
    if found in (float("inf"), float("-inf")) or (found == 0 and digits.startswith("-")):
        raise _Refused("json.number")
    return found


_decoder = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_whole, parse_float=_fraction)


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``. Problem 400 ``malformed-body`` with a ``json.*`` code, 422 for unclean text."""
    try:
        if body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or b"\0" in body[:4]:
            raise _Refused("json.encoding")
        _check_depth(body)
        text = body.decode("utf-8")
        found = _decoder.decode(text)
        if type(found) is not dict:
            raise _Refused("json.object_required")
    except _Refused as refused:
        raise Problem(400, "malformed-body", errors=[Fault("", refused.code)]) from None
    except UnicodeDecodeError:
        raise Problem(400, "malformed-body", errors=[Fault("", "json.encoding")]) from None
    except (ValueError, RecursionError):
        code = "json.syntax" if body.strip() else "json.object_required"
        raise Problem(400, "malformed-body", errors=[Fault("", code)]) from None
    # Only an escape can bring in what the text itself does not show; almost no body has one.
    if b"\\" in body or text_fault(text) is not None:
        faults = list(_unclean("", found))
        if faults:
            raise Problem(422, "validation", errors=faults)
    return found


def _check_depth(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") <= MOST_DEPTH:
        return
    depth = 0
    for piece in _NESTING.finditer(body):
        start = body[piece.start()]
        if start in b"[{":
            depth += 1
            if depth > MOST_DEPTH:
                raise _Refused("json.depth")
        elif start in b"]}":
            depth -= 1


def _unclean(pointer: str, value: Any) -> Iterator[Fault]:
    if type(value) is str:
        code = text_fault(value)
        if code is not None:
            yield Fault(pointer, code)
    elif type(value) is dict:
        for key, inner in value.items():
            code = text_fault(key)
            if code is not None:
                yield Fault(pointer, code)
            else:
                yield from _unclean(f"{pointer}/{pointer_part(key)}", inner)
    elif type(value) is list:
        for index, inner in enumerate(value):
            yield from _unclean(f"{pointer}/{index}", inner)


def pointer_part(key: Any) -> str:
    """One step of a JSON pointer (RFC 6901). A stranger's key may be long, so it is cut."""
    return str(key)[:64].replace("~", "~0").replace("/", "~1")
