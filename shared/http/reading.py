"""Reading a request with a schema: JSON body, query, form or files; all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import marshmallow as ma
from flask import request
from werkzeug.datastructures import MultiDict

from shared.http.faults import faults
from shared.http.problems import Fault, Problem

Reader = Callable[[ma.Schema], Any]
FORMS = {
    "form": ("multipart/form-data", "application/x-www-form-urlencoded"),
    "files": ("multipart/form-data",),
}


def reader_of(location: str) -> Reader:
    """The function that reads ``location``; ValueError for one that we do not read."""
    readers: dict[str, Reader] = {"json": _json, "query": _query, "form": _form, "files": _files}
    if location not in readers:
        raise ValueError(f"arguments come from {', '.join(readers)}, not from {location}")
    return readers[location]


def _json(schema: ma.Schema) -> Any:
    try:
        return schema.load(request.get_json())
    except ma.ValidationError as error:
        raise Problem(422, "validation", errors=faults(error.messages)) from None


def _query(schema: ma.Schema) -> Any:
    try:
        return schema.load(_once(schema, request.args, "malformed-query", 400))
    except ma.ValidationError as error:
        raise Problem(400, "malformed-query", errors=faults(error.messages)) from None


def _form(schema: ma.Schema) -> Any:
    try:
        return schema.load(_once(schema, request.form, "validation", 422))
    except ma.ValidationError as error:
        raise Problem(422, "validation", errors=faults(error.messages)) from None


def _files(schema: ma.Schema) -> Any:
    try:
        return schema.load(_once(schema, request.files, "validation", 422))
    except ma.ValidationError as error:
        raise Problem(422, "validation", errors=faults(error.messages)) from None


def _once(schema: ma.Schema, given: MultiDict[str, Any], code: str, status: int) -> Mapping[str, Any]:
    """Each name at most once, unless its field is a list."""
    found: dict[str, Any] = {}
    for name, values in given.lists():
        if isinstance(schema.fields.get(name), ma.fields.List):
            found[name] = values
        elif len(values) > 1:
            raise Problem(status, code, errors=[Fault(f"/{name[:64]}", "query.repeated")])
        else:
            found[name] = values[0]
    return found
