"""Schemas of what comes in, and the blueprint that reads and documents it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import flask_smorest
import marshmallow as ma
from flask import Request
from webargs.flaskparser import FlaskParser

from shared.http.bodies import accepts
from shared.http.faults import faults
from shared.http.problems import Problem


class InputSchema(ma.Schema):
    """A JSON object from outside: unknown fields are refused, so nothing can be slipped in."""

    class Meta:
        unknown = ma.RAISE

    error_messages = {"unknown": "field.unknown", "type": "object.type"}


class QuerySchema(InputSchema):
    """Query parameters: unknown and repeated ones are refused, faults are 400."""

    error_messages = {"unknown": "query.unknown", "type": "object.type"}


class OutputSchema(ma.Schema):
    """What goes out. Documents the answer; keeps the order of its fields."""


class StrictParser(FlaskParser):
    """webargs on our reader: strict JSON, each query parameter once, faults as problems."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": ma.RAISE, "querystring": ma.RAISE, "form": ma.RAISE,
    }  # fmt: skip

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """The body's object; a missing body is not an empty one."""
        return req.get_json()

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """The parameters, each at most once unless the schema says it is a list."""
        for name, values in req.args.lists():
            field = schema.fields.get(name)
            if len(values) > 1 and not isinstance(field, ma.fields.List):
                raise Problem(400, "malformed-query", errors=[(f"/{name[:64]}", "query.repeated")])
        return super().load_querystring(req, schema)

    def handle_error(
        self,
        error: ma.ValidationError,
        req: Request,
        schema: ma.Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        """All faults at once: 422 of a body, 400 of a query or header."""
        (location, messages), *_ = error.messages_dict.items()
        found = list(faults(messages))
        if location in ("query", "querystring"):
            raise Problem(400, "malformed-query", errors=found)
        if location in ("headers", "cookies"):
            raise Problem(400, "malformed-header", errors=found)
        raise Problem(422, "validation", errors=found)


class Blueprint(flask_smorest.Blueprint):
    """A capability's API: ``blueprint = Blueprint("visits", __name__, url_prefix="/api/v1/visits")``.

    Order of decorators on a machine's POST: route, ``needs``, ``arguments``, ``idempotent``, ``response``.
    """

    ARGUMENTS_PARSER = StrictParser()

    def arguments(self, schema: Any, *, location: str = "json", **options: Any) -> Any:
        """As flask-smorest's; a form or a file also says which content type the view reads."""
        declare = super().arguments(schema, location=location, **options)
        types = {
            "form": ("multipart/form-data", "application/x-www-form-urlencoded"),
            "files": ("multipart/form-data",),
        }
        if location not in types:
            return declare
        return lambda view: accepts(*types[location])(declare(view))


def many(blueprints: Any) -> Iterator[Any]:
    """One blueprint or several, as a room may hold them."""
    if isinstance(blueprints, list | tuple):
        yield from blueprints
    else:
        yield blueprints
