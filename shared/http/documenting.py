"""OpenAPI 3.1 of a service, from the routes and schemas that serve it."""

from __future__ import annotations

from typing import Any

import flask_smorest
import marshmallow as ma
from apispec.ext.marshmallow.openapi import OpenAPIConverter

from shared.http import fields
from shared.http.problems import MEDIA_TYPE

_SAID = ("maxLength", "minLength", "pattern", "enum", "minimum", "maximum", "format")


class FaultSchema(ma.Schema):
    """One fault of a field."""

    pointer = ma.fields.String(metadata={"description": "JSON pointer into the body, or /<parameter>"})
    code = ma.fields.String(metadata={"description": "stable; for programs"})
    detail = ma.fields.String(metadata={"description": "for people, zh or en by Accept-Language"})


class ProblemSchema(ma.Schema):
    """RFC 9457, for everything that goes wrong; a problem may carry members of its own."""

    class Meta:
        unknown = ma.INCLUDE

    type = ma.fields.String(metadata={"description": "/problems/<code>, explained at /<service>/problems"})
    title = ma.fields.String()
    status = ma.fields.Integer()
    detail = ma.fields.String()
    instance = ma.fields.String()
    request_id = ma.fields.String()
    errors = ma.fields.List(ma.fields.Nested(FaultSchema))


class SuiteApi(flask_smorest.Api):
    """flask-smorest for the documents; errors are answered in one place (it would drop ``Allow``)."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_CONTENT_TYPE = MEDIA_TYPE

    def _register_error_handlers(self) -> None:
        """``shared.http.errors`` registers ours."""

    def _init_spec(self, **options: Any) -> None:
        options.setdefault("info", {"description": "Times are UTC, money is cents, errors are problem+json."})
        super()._init_spec(**options)
        self.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
        converter: OpenAPIConverter = self.ma_plugin.converter
        converter.add_attribute_function(_lengths)


def _lengths(self: Any, field: ma.fields.Field, ret: dict[str, Any], **unused: Any) -> dict[str, Any]:
    """What our fields check, in the words of JSON Schema."""
    found: dict[str, Any] = {}
    if isinstance(field, fields.Text | fields.Code | fields.Choice | fields.Identity | fields.Whole):
        found = {name: field.metadata[name] for name in _SAID if name in field.metadata}
    if isinstance(ret.get("type"), list):
        # A field that names its types itself and allows null would get it twice, which no validator takes.
        found["type"] = list(dict.fromkeys(ret["type"]))
    return found
