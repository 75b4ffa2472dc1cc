"""Rules about fields that say something of people: masked on their way out, and kept for a purpose and a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import marshmallow as ma
from flask import Flask

from shared.privacy import Private, Revealed

PERSONAL = {
    "address", "birthday", "email", "id_number", "licence", "mobile", "name", "names", "person", "phone", "phones",
    "plate", "plates", "salary", "bonus_cents", "suggestions", "note", "vin", "wechat",
}  # fmt: skip
"""Names of fields that say something of a person, of their pay, or of what they complain about."""

NOT_OF_PEOPLE = {"Branch.name", "Holiday.name", "Kpi.name"}
"""Fields of such a name that say nothing of a person; whoever adds one is sure of it."""

_DURATION = re.compile(r"P(\d+Y)?(\d+M)?(\d+D)?", re.ASCII)


def answers(app: Flask) -> Iterator[tuple[str, ma.Schema]]:
    """The schemas of what each route of the API answers."""
    for rule in app.url_map.iter_rules():
        document = getattr(app.view_functions[rule.endpoint], "_apidoc", {})
        for several in document.get("response", {}).get("responses", {}).values():
            for response in several if isinstance(several, list) else [several]:
                if isinstance(response, dict) and isinstance(response.get("schema"), ma.Schema):
                    yield rule.rule, response["schema"]


def fields(schema: ma.Schema) -> Iterator[tuple[str, ma.fields.Field]]:
    """Every field that such an answer has, also inside others, as (``Visit.name``, field)."""
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, ma.fields.List) else field
        said = inner if isinstance(inner, Private | Revealed) else field
        yield f"{type(schema).__name__.removesuffix('Out')}.{field.data_key or name}", said
        if isinstance(inner, ma.fields.Nested):
            yield from fields(inner.schema)


def unmasked(route: str, schema: ma.Schema, rights: Mapping[str, Any]) -> list[str]:
    """Fields about people that go out as they are, name a right that nobody can be given, or are shown whole without
    a record.
    """
    broken = []
    for place, field in fields(schema):
        named = place.rpartition(".")[2] in PERSONAL and place not in NOT_OF_PEOPLE
        if isinstance(field, Revealed):
            if not route.endswith("/reveal"):
                broken.append(f"{route} {place}: shown whole, and nobody writes down to whom")
        elif isinstance(field, Private):
            if field.right not in rights:
                broken.append(f"{route} {place}: {field.right} is not in permissions.py")
        elif named and not isinstance(field, ma.fields.Nested):
            broken.append(f"{route} {place}: make it Private, or say in NOT_OF_PEOPLE that it is of nobody")
    return broken


def untagged(openapi: Mapping[str, Any]) -> list[str]:
    """Properties of a document, coming in or going out, that are about people and do not say what for and how long."""
    broken = []
    for schema, described in openapi.get("components", {}).get("schemas", {}).items():
        for name, found in described.get("properties", {}).items():
            place = f"{schema.removesuffix('Out')}.{name}"
            if name not in PERSONAL or place in NOT_OF_PEOPLE or "$ref" in found:
                continue
            if not found.get("x-purpose") or not _DURATION.fullmatch(found.get("x-retention", "")):
                broken.append(f"{schema}.{name}: no purpose or no retention")
    return broken
