"""Schemas of what comes in, and the blueprint that reads and documents it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import wraps
from typing import Any, ClassVar

import flask_smorest
import marshmallow as ma
from flask import Response

from shared.http.bodies import accepts
from shared.http.describing import gives
from shared.http.quick import QuickSchema
from shared.http.reading import FORMS, reader_of


class InputSchema(QuickSchema):
    """A JSON object from outside: unknown fields are refused, so nothing can be slipped in."""

    class Meta:
        unknown = ma.RAISE

    error_messages = {"unknown": "field.unknown", "type": "object.type"}


class QuerySchema(InputSchema):
    """Query parameters: unknown and repeated ones are refused, faults are 400."""

    error_messages = {"unknown": "query.unknown", "type": "object.type"}


class OutputSchema(ma.Schema):
    """What goes out. Documents the answer; keeps the order of its fields. ``shows``: values of its example."""

    shows: ClassVar[Mapping[str, Any]] = {}


class Blueprint(flask_smorest.Blueprint):
    """A capability's API: ``blueprint = Blueprint("visits", __name__, url_prefix="/api/v1/visits")``.

    Order of decorators on a machine's POST: route, ``needs``, ``arguments``, ``idempotent``, ``response``.
    flask-smorest writes the documents; reading and writing is done here, strictly and without its layers.
    """

    def arguments(self, schema: Any, *, location: str = "json", **options: Any) -> Any:
        """The view is given what ``schema`` reads from ``location`` (json, query, form, files)."""
        schema = schema() if isinstance(schema, type) else schema
        read = reader_of(location)
        if location == "query":
            options.setdefault("error_status_code", 400)
        document = super().arguments(schema, location=location, **options)

        def declare(view: Any) -> Any:
            @wraps(view)
            def given(*args: Any, **parts: Any) -> Any:
                return view(*args, read(schema), **parts)

            marked: Any = given
            marked._apidoc = document(view)._apidoc
            marked.reads = {**getattr(view, "reads", {}), location: schema}
            return accepts(*FORMS[location])(given) if location in FORMS else given

        return declare

    # ``@blueprint.gives(409, "desk-closed")``: the problems that are the capability's own, for the document.
    gives = staticmethod(gives)

    def _prepare_arguments_doc(self, doc: Any, doc_info: Any, **context: Any) -> Any:
        """A form with a file is one multipart body; flask-smorest documents one part and stumbles over the other."""
        operation = doc_info.get("arguments") or {}
        parts = [p for p in operation.get("parameters", ()) if isinstance(p, dict) and p["in"] in ("form", "files")]
        if len(parts) > 1:
            fields = {name: field for part in parts for name, field in part["schema"].fields.items()}
            schema = ma.Schema.from_dict(fields)()
            merged = {**parts[0], "in": "form", "schema": schema, "content_type": "multipart/form-data"}
            kept = [p for p in operation["parameters"] if p not in parts]
            doc_info = {**doc_info, "arguments": {**operation, "parameters": [merged, *kept]}}
        return super()._prepare_arguments_doc(doc, doc_info, **context)

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Any:
        """What the view returns, written by ``schema``, with ``status_code`` unless it says another."""
        schema = schema() if isinstance(schema, type) else schema
        document = super().response(status_code, schema, **options)

        def declare(view: Any) -> Any:
            @wraps(view)
            def answered(*args: Any, **parts: Any) -> Any:
                return written(view(*args, **parts), schema, status_code)

            marked: Any = answered
            marked._apidoc = document(view)._apidoc
            marked.writes = {**getattr(view, "writes", {}), status_code: schema}
            return answered

        return declare


def written(found: Any, schema: ma.Schema | None, status: int) -> Response:
    """The response of a view: a Response as it is, else ``body``, ``(body, status)`` or ``(body, status, headers)``."""
    headers: Any = None
    if type(found) is tuple:
        found, *rest = found
        for part in rest:
            if type(part) is int:
                status = part
            else:
                headers = part
    if isinstance(found, Response):
        return found
    if schema is not None:
        found = schema.dump(found)
    body = b"" if found is None else _encoder.encode(found).encode()
    return Response(body, status=status, headers=headers, content_type="application/json")


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def many(blueprints: Any) -> Iterator[Any]:
    """One blueprint or several, as a room may hold them."""
    if isinstance(blueprints, list | tuple):
        yield from blueprints
    else:
        yield blueprints
