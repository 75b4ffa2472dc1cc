"""Reading query parameters one by one, for routes without a schema. Strict: ASCII digits, each parameter once."""

from __future__ import annotations

from datetime import date

from flask import request

from shared.http.problems import Fault, Problem

_MOST_WHOLE = 2**63 - 1


def whole_number(name: str, default: int, *, least: int = 0, most: int = _MOST_WHOLE) -> int:
    """The whole number in parameter ``name``; Problem 400 ``malformed-query`` for anything else.

    A number above ``most`` is capped, as the wire says of pages and waits.
    """
    text = one(name)
    if text is None:
        return default
    # int() also reads full-width digits, signs, spaces and underscores.
    if not (text.isascii() and text.isdigit() and len(text) <= 19) or int(text) < least:
        raise wrong(name, "query.number", least=least, most=most)
    return min(int(text), most)


def one(name: str) -> str | None:
    """Parameter ``name`` as text, None when it is not there or empty."""
    found = request.args.getlist(name)
    if len(found) > 1:
        raise wrong(name, "query.repeated")
    return found[0] if found and found[0] != "" else None


def day(name: str) -> date | None:
    """The date (2026-11-23) in parameter ``name``."""
    text = one(name)
    if text is None:
        return None
    try:
        if len(text) != 10 or not text.isascii() or text[4] != "-":
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise wrong(name, "date.format") from None


def only(*names: str) -> None:
    """Refuse parameters that the route does not know: a mistyped filter must not look like an empty answer."""
    unknown = [name for name in request.args if name not in names]
    if unknown:
        raise Problem(400, "malformed-query", errors=[Fault(f"/{name[:64]}", "query.unknown") for name in unknown])


def wrong(name: str, code: str, **params: object) -> Problem:
    """The problem of one parameter."""
    return Problem(400, "malformed-query", errors=[Fault(f"/{name}", code, params)])
