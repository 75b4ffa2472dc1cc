"""The doors of the four services as the generated tests walk them: found in url_map, so doors to come are in it too."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from typing import Any

import marshmallow as ma
from flask import Flask

from shared.http import fields
from shared.ids import uuid7
from tests.shared.http.bad_inputs import Route, example, routes

EVERY_METHOD = ("GET", "POST", "PUT", "PATCH", "DELETE")
WORDS = {"key"}
WRITING = ("POST", "PUT", "PATCH", "DELETE")


def doors(app: Flask, *methods: str) -> Iterator[Route]:
    """Every route of the API that asks who comes; what removes comes last, so that a walk finds things standing."""
    found = [route for route in routes(app, *(methods or EVERY_METHOD)) if route.guarded]
    yield from sorted(found, key=lambda route: (route.method == "DELETE", route.rule, route.method))


def kinds(route: Route) -> set[str]:
    """Who may come in by it."""
    return {need.kind for need in route.view.needs}


def names_in(rule: str) -> list[str]:
    """``visit_id`` for ``/visits/<visit_id>/call``; a word that everybody knows (a setting's key) is no id."""
    found = [part.partition(">")[0].rpartition(":")[2] for part in rule.split("<")[1:]]
    return [name for name in found if name not in WORDS]


def at(rule: str, ids: dict[str, str]) -> str:
    """The address with these ids in their places."""
    for name, value in ids.items():
        for form in (f"<{name}>", f"<string:{name}>", f"<uuid:{name}>"):
            rule = rule.replace(form, value)
    return rule


def good_body(route: Route) -> dict[str, Any] | None:
    """A body that is no reason for a refusal: the document's example, or the examples of its required fields."""
    if route.schema is None:
        return None
    found = copy.deepcopy(example(route))
    if found:
        return found
    return {
        field.data_key or name: field.metadata.get("examples", ["x"])[0]
        for name, field in route.schema.load_fields.items()
        if field.required
    }


def knock(house: Any, route: Route, headers: dict[str, str], url: str, **options: Any) -> Any:
    """Send a good request to ``url``, with an Idempotency-Key of its own."""
    service = route.rule.split("/")[1]
    body = options.pop("json", good_body(route))
    if route.takes_files and route.schema is None:
        options["data"] = {"file": (io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "a.pdf")}
    elif body is not None and route.method != "GET":
        options["json"] = body
    headers = {**headers, "Idempotency-Key": uuid7()}
    if names_in(route.rule) and route.method != "GET":
        # Where a version must be named, that is asked for before anything is looked up.
        headers["If-Match"] = '"1"'
    return house.client(service).open(url, method=route.method, headers=headers, **options)


def references(route: Route) -> Iterator[tuple[tuple[str, ...], str]]:
    """Fields of the body that name something by its id, as (path in the body, name)."""
    if route.schema is not None:
        yield from _references(route.schema, ())


def _references(schema: ma.Schema, before: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, field in schema.load_fields.items():
        path = (*before, field.data_key or name)
        if isinstance(field, fields.Identity):
            yield path, name
        elif isinstance(field, ma.fields.Nested):
            yield from _references(field.schema, path)
        elif isinstance(field, ma.fields.List) and isinstance(field.inner, fields.Identity):
            yield path, name.removesuffix("s")
