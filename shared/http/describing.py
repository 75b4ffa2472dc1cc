"""What a route's guards and decorators add to its OpenAPI operation: headers, every problem it can give, examples.

It is read off the views that serve, after all of them stand: nobody writes it down, so nobody forgets it. Only the
problems of a capability's own are said by it: ``@blueprint.gives(409, "desk-closed")``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from apispec import APISpec
from flask import Flask

from shared.http import fields
from shared.http.idempotency import HEADER
from shared.http.problems import MEDIA_TYPE
from shared.i18n.wording import Wording
from shared.runtime import EXTENSION

_READS_BODIES = {"POST", "PUT", "PATCH"}
_ID = "019ab011-9a00-7a51-8a01-0d5f3a2b1c0c"
_INSTANT = "2026-11-23T02:00:00.000000Z"
# Always: the address is checked before anything else, keys have a rate, databases are away at times.
_ALWAYS = (
    (400, "malformed-url"), (429, "too-many-requests"), (431, "headers-too-large"), (500, "internal-error"),
    (503, "unavailable"), (503, "deadline-passed"), (507, "storage-full"),
)  # fmt: skip
_HEADERS = {
    401: {"WWW-Authenticate": "How to come in."},
    415: {"Accept-Post": "The types that are read here."},
    429: {"Retry-After": "Seconds."},
    503: {"Retry-After": "Seconds."},
}


def gives(status: int, *codes: str) -> Callable[[Callable[..., Any]], Any]:
    """Say which problems a view gives beside those of its guards, for its document."""

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        marked: Any = view
        marked.gives = (*getattr(view, "gives", ()), *((status, code) for code in codes))
        return view

    return declare


def describe(app: Flask, spec: APISpec) -> None:
    """Complete the operations of ``spec`` from the views of ``app``."""
    wording = app.extensions[EXTENSION].wording
    shown: dict[str, Any] = {}
    told: list[tuple[dict[str, Any], Any, set[str]]] = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        item = spec._paths.get(path) or {}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}) if item else ():
            operation, view = item[method.lower()], app.view_functions[rule.endpoint]
            operation.setdefault("operationId", f"{rule.endpoint}.{method.lower()}".replace(".", "_"))
            _add_headers(operation, view, method, bool(rule.arguments))
            _add_example(operation, view)
            _allow_empty(operation, view)
            _add_problems(operation, set(problems_of(view, method, bool(rule.arguments))), wording, shown)
            told.append((operation, view, set(rule.arguments)))
    _add_links(told)
    for name, example in sorted(shown.items()):
        spec.components.examples.setdefault(name, {"value": example})


def problems_of(view: Any, method: str, names_a_row: bool) -> Iterator[tuple[int, str]]:
    """Status and code of every problem that a view can give."""
    yield from _ALWAYS
    yield from getattr(view, "gives", ())
    reads, needs = getattr(view, "reads", {}), getattr(view, "needs", ())
    if needs:
        yield from ((401, "unauthenticated"), (403, "forbidden"))
    if names_a_row:
        yield 404, "not-found"
        if method in _READS_BODIES and not getattr(view, "versionless", False):
            yield 412, "precondition-failed"
        if method in ("PUT", "PATCH"):
            yield 428, "precondition-required"
    if "query" in reads:
        yield 400, "malformed-query"
        if {"after", "cursor"} & set(reads["query"].fields):
            yield 400, "bad-cursor"
    if method in _READS_BODIES:
        yield from ((400, "malformed-body"), (413, "body-too-large"), (415, "unsupported-media-type"))
        yield 422, "validation"
    if getattr(view, "idempotent", False):
        yield from ((400, "idempotency-key-required"), (400, "idempotency-key-invalid"), (409, "request-in-progress"))
        yield from ((422, "idempotency-key-reused"), (410, "answer-erased"), (410, "answer-not-kept"))


def _add_headers(operation: dict[str, Any], view: Any, method: str, names_a_row: bool) -> None:
    parameters = operation.setdefault("parameters", [])
    if getattr(view, "idempotent", False):
        machines_only = all(need.kind != "staff" for need in getattr(view, "needs", ()))
        parameters.append(_header(
            HEADER, "The same key with the same body is done once; machines must send one, staff may.",
            {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"}, machines_only,
        ))  # fmt: skip
    if names_a_row and method in _READS_BODIES and not getattr(view, "versionless", False):
        told = "The ETag that was seen: 412 when the row is another by now."
        parameters.append(_header("If-Match", told, {"type": "string", "pattern": '^"[0-9]{1,18}"$'}, method != "POST"))


def _header(name: str, told: str, schema: dict[str, Any], required: bool) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": told, "required": required, "schema": schema}


def _add_example(operation: dict[str, Any], view: Any) -> None:
    for status, schema in getattr(view, "writes", {}).items():
        content = operation["responses"].get(str(status), {}).get("content", {}).get("application/json")
        if schema is not None and content is not None and not {"example", "examples"} & set(content):
            content["example"] = example_of(schema)


def _allow_empty(operation: dict[str, Any], view: Any) -> None:
    """``?branch=`` is the same as no branch where the query says so."""
    if getattr(getattr(view, "reads", {}).get("query"), "empty_is_left_out", False):
        for parameter in operation["parameters"]:
            if parameter["in"] == "query" and not parameter.get("required"):
                parameter["schema"] = {"anyOf": [parameter["schema"], {"type": "string", "maxLength": 0}]}


def _add_problems(
    operation: dict[str, Any], problems: set[tuple[int, str]], wording: Wording, shown: dict[str, Any]
) -> None:
    responses = operation["responses"]
    # "default" would cover what nobody has thought of; the tests are to find that.
    responses.pop("default", None)
    for status in {status for status, _ in problems}:
        examples = {}
        for code in sorted(code for each, code in problems if each == status):
            name = f"{status}-{code}"
            shown.setdefault(name, _problem(status, code, wording))
            examples[code] = {"$ref": f"#/components/examples/{name}"}
        responses[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
        }
        if status in _HEADERS:
            responses[str(status)]["headers"] = {
                name: {"description": told, "schema": {"type": "string"}} for name, told in _HEADERS[status].items()
            }


def _add_links(told: list[tuple[dict[str, Any], Any, set[str]]]) -> None:
    """An answer that names a row leads to every operation on that row."""
    for operation, view, _ in told:
        for status, schema in getattr(view, "writes", {}).items():
            named = {field.data_key or name for name, field in schema.dump_fields.items()} if schema else set()
            links = {
                other["operationId"]: {
                    "operationId": other["operationId"],
                    "parameters": {name: f"$response.body#/{name}" for name in arguments},
                }
                for other, _, arguments in told
                if arguments and arguments <= named and other is not operation
            }
            if links:
                operation["responses"][str(status)]["links"] = links


def _problem(status: int, code: str, wording: Wording) -> dict[str, Any]:
    title, detail = wording.problem(code, status, "en", {"count": 1, "most": 65536, "head": 1200, "now": _INSTANT})
    found = {
        "type": f"/problems/{code}", "title": title, "status": status, "detail": detail, "instance": "/…",
        "request_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }  # fmt: skip
    pointer = {"validation": ("/name", "text.empty"), "malformed-body": ("", "json.syntax"),
               "malformed-query": ("/limit", "query.number")}.get(code)  # fmt: skip
    if pointer:
        words = wording.field(pointer[1], "en", {"least": 1, "most": 200})
        found["errors"] = [{"pointer": pointer[0], "code": pointer[1], "detail": words}]
    return found


def example_of(schema: ma.Schema) -> dict[str, Any]:
    """An answer of this form: what the schema's ``shows`` and its fields' ``examples`` say, the rest by their kind."""
    said = getattr(schema, "shows", {})
    return {
        name: said[name] if name in said else _value(name, field)
        for name, field in ((field.data_key or name, field) for name, field in schema.dump_fields.items())
    }


def _value(name: str, field: ma.fields.Field) -> Any:
    given = field.metadata.get("examples") or field.metadata.get("enum")
    if given:
        return given[0]
    if isinstance(field, ma.fields.Nested):
        return [example_of(field.schema)] if field.many else example_of(field.schema)
    if isinstance(field, ma.fields.List):
        return [_value(name, field.inner)]
    if isinstance(field, ma.fields.Dict):
        return {}
    if isinstance(field, ma.fields.Date):
        return "2026-11-23"
    if isinstance(field, ma.fields.DateTime):
        return _INSTANT
    if isinstance(field, ma.fields.Boolean):
        return True
    if isinstance(field, ma.fields.Number):
        return field.metadata.get("minimum", 1)
    if isinstance(field, fields.Identity) or name.endswith("_id"):
        return _ID
    return None if name == "next" and field.allow_none else _TEXTS.get(name, "…")


_TEXTS = {
    "branch": "bj-chaoyang", "code": "bj-chaoyang", "status_url": f"/reception/api/v1/jobs/{_ID}", "token": "eyJ…",
    "zone": "Asia/Shanghai", "made_by": f"staff/{_ID}", "status": "open", "state": "open", "name": "欧阳娜娜",
    "phone": "138****5678", "letter": "A",
}  # fmt: skip
