"""Rules about what services are made of: tables, doors, words. They look at objects, so a test hands in bad ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import MetaData

from shared.db import group_wide_tables, unscoped_tables

GROUP_WIDE: dict[str, set[str]] = {
    "appointments": {"contact", "contact_vehicle", "staff_label"},
    "followup": {"contact", "contact_vehicle", "staff_label"},
    "reception": {
        "consent", "customer", "customer_phone", "kiosk_guess", "ownership", "sign_in_count", "staff", "staff_device",
        "staff_role", "staff_session", "vehicle",
    },
    "reporting": {"feed_counter", "feed_epoch", "staff_label"},
}  # fmt: skip
"""Tables without a branch, beside the mechanism's own (law 6): whoever adds one argues for it here."""

OPEN_DOORS = {"kiosks.enrol_by_code", "tokens.sign_in_with_password", "tokens.refresh_token"}
"""Routes below /api/v1 that ask for no key: this is how one gets a key, a token, or the next token."""

REPEATABLE = {"tokens.switch_branch", "tokens.sign_out", "sessions.change_password"}
"""POSTs on one's own session: they end what they were asked with, so a second one finds nothing to do. Their work
reaches over all branches and counts wrong passwords in transactions of its own, which no kept answer may roll back."""

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# A number plate as an example begins with one character; two in a row are a word.
_CHINESE_WORD = re.compile(r"[\u4e00-\u9fff]{2}")
_LATIN = re.compile(r"[A-Za-z]")


class Words(NamedTuple):
    """One thing that people read, in both languages."""

    what: str
    zh: str
    en: str


def homeless_tables(service: str, metadata: MetaData, listed: Mapping[str, set[str]] = GROUP_WIDE) -> list[str]:
    """Tables that neither belong to a branch nor stand on the list; and list entries that are no such table."""
    broken = [f"{service}.{table} has no branch and says no reason" for table in unscoped_tables(metadata)]
    found = set(group_wide_tables(metadata))
    broken += [
        f"{service}.{table} is not on the list of group-wide tables" for table in sorted(found - listed[service])
    ]
    broken += [f"{service}.{table} is on the list for nothing" for table in sorted(listed[service] - found)]
    return broken


def unsafe_doors(app: Flask) -> list[str]:
    """POSTs that are done twice when sent twice, and routes of the API that ask nobody for a key."""
    broken = []
    for path, methods, endpoint, view in _api(app):
        kinds = {need.kind for need in getattr(view, "needs", ())}
        if not kinds and endpoint not in OPEN_DOORS:
            broken.append(f"{path}: anybody may come in")
        if "POST" in methods and kinds and endpoint not in REPEATABLE and not getattr(view, "idempotent", False):
            broken.append(f"{path}: a POST that takes no Idempotency-Key")
    return broken


def undocumented(app: Flask, openapi: Mapping[str, Any]) -> list[str]:
    """Routes of the API that openapi.json does not tell, by path and method."""
    told = {
        (re.sub(r"\{[^}]*\}", "{}", path), method.upper()) for path, item in openapi["paths"].items() for method in item
    }
    broken = []
    for path, methods, _, _ in _api(app):
        plain = re.sub(r"<[^>]*>", "{}", path)
        broken += [f"{method} {path}" for method in sorted(methods) if (plain, method) not in told]
    return broken


def _api(app: Flask) -> Iterator[tuple[str, set[str], str, Any]]:
    for rule in app.url_map.iter_rules():
        if "/api/" in rule.rule:
            yield (
                rule.rule,
                set(rule.methods or ()) - {"HEAD", "OPTIONS"},
                rule.endpoint,
                app.view_functions[rule.endpoint],
            )


def untranslated(words: Iterable[Words]) -> list[str]:
    """Words that are missing in a language, or stand in the wrong one."""
    return [
        f"{each.what}: {each.zh!r} / {each.en!r}"
        for each in words
        if not (_CHINESE.search(each.zh) and _LATIN.search(each.en) and not _CHINESE_WORD.search(each.en))
    ]
