"""The bad-input catalogue against every route that takes a body, found in url_map: routes to come are in it too."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import marshmallow as ma
import yaml
from flask import Flask
from werkzeug.test import TestResponse

from shared.http import fields

CATALOGUE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "bad_inputs.yaml").read_text(encoding="utf-8")
)
METHODS = ("POST", "PUT", "PATCH")
SOME_ID = "0199f0a0-0000-7000-8000-00000000abcd"
# Headers of somebody who may come in by a route, from what its guard wants.
Entry = Callable[[Any], dict[str, str]]


@dataclass(frozen=True)
class Route:
    """One way in."""

    method: str
    rule: str
    view: Any
    blueprint: bool

    @property
    def url(self) -> str:
        return re.sub(r"<[^>]+>", SOME_ID, self.rule)

    @property
    def schema(self) -> ma.Schema | None:
        return getattr(self.view, "reads", {}).get("json")

    @property
    def takes_files(self) -> bool:
        return "application/json" not in getattr(self.view, "_yingbin_accepts", ("application/json",))

    @property
    def guarded(self) -> bool:
        return bool(getattr(self.view, "needs", ()))

    @property
    def for_machines(self) -> bool:
        return all(need.kind != "staff" for need in getattr(self.view, "needs", ())) and self.guarded

    @property
    def must_be_idempotent(self) -> bool:
        """Where people press a button, a capability may do without the key."""
        return self.idempotent and self.for_machines

    @property
    def idempotent(self) -> bool:
        """``wraps`` copies the mark outwards."""
        return getattr(self.view, "idempotent", False)


def routes(app: Flask, *methods: str) -> Iterator[Route]:
    """The API's routes with one of ``methods``."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & set(methods or METHODS)):
            if "/api/" in rule.rule:
                yield Route(method, rule.rule, app.view_functions[rule.endpoint], True)


class Tried:
    """Everything that was sent and how it was answered; ``wrong`` is what a test asserts to be empty."""

    def __init__(self, app: Flask, entry: Entry) -> None:
        self.app, self.entry = app, entry
        self.client = app.test_client(use_cookies=False)
        self.sent = 0
        self.wrong: list[str] = []

    def everything(self) -> Tried:
        for route in routes(self.app):
            self.bodies(route)
            self.types(route)
            self.headers(route)
            self.addresses(route)
            self.fields(route)
        for route in routes(self.app, "GET"):
            self.limits(route)
        for route in routes(self.app, "GET", "DELETE", *METHODS):
            self.ids(route)
        return self

    def bodies(self, route: Route) -> None:
        if route.takes_files:
            return
        for case in CATALOGUE["body"]:
            content = body_of(case)
            if not content and route.schema is None:
                continue
            self.send(route, case, data=content, headers={"Content-Type": "application/json"})

    def types(self, route: Route) -> None:
        for case in CATALOGUE["type"]:
            headers = {"Content-Type": case["type"]} if case["type"] else {}
            if "encoding" in case:
                headers["Content-Encoding"] = case["encoding"]
            self.send(route, case, data=b'{"a": 1}', headers=headers)

    def headers(self, route: Route) -> None:
        for case in CATALOGUE["headers"]:
            if case.get("only") and not getattr(route, case["only"]):
                continue
            value = body_of(case).decode() if "repeat" in case else case["value"]
            if case["header"] == "Idempotency-Key" and route.takes_files:
                # No good file at hand: what the form lacks may be said first.
                case = {**case, "status": [*case["status"], 422]}
            self.send(route, case, headers={case["header"]: value}, **good(route))

    def addresses(self, route: Route) -> None:
        for case in CATALOGUE["url"]:
            tail = body_of(case).decode() if "repeat" in case else case.get("query", "")
            self.send(route, case, url=route.url + case.get("path", "") + tail, **good(route))

    def limits(self, route: Route) -> None:
        schema = getattr(route.view, "reads", {}).get("query")
        logs = route.rule.endswith(("/events", "/feed"))
        if not logs and (schema is None or "limit" not in schema.fields):
            return
        for case in CATALOGUE["query"]:
            value = case["value"] if "&" in case["value"] else quote(case["value"])
            answer = self.client.get(f"{route.url}?limit={value}", headers=self.entry(route))
            self.judge(route, case["value"], answer, [400])

    def ids(self, route: Route) -> None:
        """Whatever stands in a path where an id should: nothing is found, nothing breaks."""
        for case in CATALOGUE["ids"]:
            value = quote(case["repeat"][0] * case["repeat"][1] if "repeat" in case else case["value"], safe="")
            for url in {re.sub(r"<[^>]+>", value, route.rule)} - {route.rule}:
                given = {"name": f"id {value[:40]}", "status": [404, 400, 422, 428]}
                self.send(route, given, url=url, **(good(route) if route.method in METHODS else {}))

    def fields(self, route: Route) -> None:
        if route.schema is None:
            return
        if not self.usable_example(route):
            return
        for path, field in _places(route.schema, example(route)):
            for case in _cases(field):
                value = value_of(case)
                if (value is None and field.allow_none) or not _refuses(field, value):
                    continue
                body = json.loads(json.dumps(example(route)))
                _put(body, path, value)
                content = json.dumps(body, ensure_ascii=False).encode()
                pointer = "/" + "/".join(str(part) for part in path)
                given = {"status": [422, 413], **case, "name": f"{pointer} = {str(value)[:40]!r}"}
                self.send(route, given, data=content, headers={"Content-Type": "application/json"})

    def usable_example(self, route: Route) -> bool:
        """Every body that is read has an example in its document, which it accepts: else nothing can be tried on it."""
        if route.schema is None or not any(field.required for field in route.schema.load_fields.values()):
            return True
        if not example(route):
            self.wrong.append(f"{route.method} {route.rule}: no example; say @blueprint.arguments(…, example={{…}})")
            return False
        try:
            route.schema.load(example(route))
        except ma.ValidationError as error:
            self.wrong.append(f"{route.method} {route.rule}: its example is refused: {error.messages}")
            return False
        return True

    def send(self, route: Route, case: dict[str, Any], *, url: str | None = None, **options: Any) -> None:
        headers = {"Idempotency-Key": f"bad-{self.sent}", **self.entry(route), **options.pop("headers", {})}
        kept = [(name, value) for name, value in headers.items() if value is not None]
        if options.get("json") is not None:
            options["data"] = json.dumps(options.pop("json")).encode()
            kept.append(("Content-Type", "application/json"))
        answer = self.client.open(url or route.url, method=route.method, headers=kept, **options)
        self.judge(route, case["name"], answer, case["status"], case.get("code"))

    def judge(self, route: Route, name: str, answer: TestResponse, allowed: list[int], code: str | None = None) -> None:
        self.sent += 1
        where = f"{route.method} {route.rule} [{name}] {answer.status_code}"
        if answer.status_code == 429 and not route.guarded:
            # A door for everybody may have had enough of us; it says until when.
            allowed, code = [429], None
            if "Retry-After" not in answer.headers:
                self.wrong.append(f"{where}: no Retry-After")
        if answer.status_code >= 500 or answer.status_code not in allowed:
            self.wrong.append(f"{where}, expected {allowed}: {answer.text[:200]}")
            return
        if answer.content_type != "application/problem+json":
            self.wrong.append(f"{where}: {answer.content_type}")
            return
        problem = answer.get_json()
        if not (problem["type"].startswith("/problems/") and problem["request_id"] and problem["title"]):
            self.wrong.append(f"{where}: {problem}")
        if code is not None and code not in [error["code"] for error in problem.get("errors", [])]:
            self.wrong.append(f"{where}: no {code} in {problem.get('errors')}")
        if answer.status_code == 415 and "Accept-Post" not in answer.headers:
            self.wrong.append(f"{where}: no Accept-Post")


def body_of(case: dict[str, Any]) -> bytes:
    """The bytes that a case describes."""
    if "bytes" in case:
        return case["bytes"].encode("ascii", "backslashreplace").decode("unicode_escape").encode("latin-1")
    text = case["repeat"][0] * case["repeat"][1] if "repeat" in case else case.get("text", "")
    return f"{case.get('before', '')}{text}{case.get('after', '')}".encode()


def example(route: Route) -> dict[str, Any]:
    """The example of the route's document."""
    for parameter in getattr(route.view, "_apidoc", {}).get("arguments", {}).get("parameters", ()):
        if parameter.get("in") == "json" and "example" in parameter:
            return parameter["example"]
    return {}


def good(route: Route) -> dict[str, Any]:
    """A body that is not the reason for a refusal."""
    return {"json": example(route)} if route.schema is not None and example(route) else {}


def value_of(case: dict[str, Any]) -> Any:
    """The value that a case describes: a text or a list many times over, or as it stands."""
    if "items" in case:
        return [case["items"][0]] * case["items"][1]
    return case["repeat"][0] * case["repeat"][1] if "repeat" in case else case["value"]


def _cases(field: ma.fields.Field) -> Iterator[dict[str, Any]]:
    """The cases of a field's class and of those it comes from: a new kind of text is a text."""
    for kind in type(field).__mro__:
        yield from CATALOGUE["fields"].get(kind.__name__, ())


def _places(schema: ma.Schema, given: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every field that a body may have, and those inside of what its example holds."""
    for name, field in schema.load_fields.items():
        path = (*above, field.data_key or name)
        yield path, field
        inside = given.get(path[-1]) if isinstance(given, dict) else None
        inner = field.inner if isinstance(field, ma.fields.List) else field
        if isinstance(field, ma.fields.List) and isinstance(inside, list) and inside:
            path, inside = (*path, 0), inside[0]
            if not isinstance(inner, ma.fields.Nested):
                yield path, inner
        if isinstance(inner, ma.fields.Nested) and isinstance(inside, dict):
            yield from _places(inner.schema, inside, path)


def _put(body: Any, path: tuple[Any, ...], value: Any) -> None:
    for part in path[:-1]:
        body = body[part]
    body[path[-1]] = value


def _refuses(field: ma.fields.Field, value: Any) -> bool:
    if isinstance(field, fields.Text):
        return not (type(value) is str and field.empty and not value.strip())
    if isinstance(field, fields.Whole) and type(value) is int:
        return not field.least <= value <= field.most
    return True
