"""What may come in at all, before anybody reads it: types, sizes, encodings, addresses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

import flask_smorest
from flask import Flask, Request

from shared.http.problems import Fault, Problem
from shared.http.strict_json import parse_object, pointer_part

MOST_BYTES = 64 * 1024
MOST_QUERY = 4096
MOST_PATH = 2048
MOST_COOKIE = 8 * 1024
JSON = "application/json"
_ONLY_JSON = (JSON,)
_ACCEPTS = "_yingbin_accepts"
_MOST = "_yingbin_most_bytes"
_BAD_PATH = re.compile("[\x00-\x1f\x7f\ufffd]|//")
View = TypeVar("View", bound=Callable[..., Any])


class StrictRequest(Request):
    """A request whose JSON is read strictly, once."""

    max_form_parts = 200
    _object: dict[str, Any] | None = None

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """The JSON object of the body; Problem 400 or 422 (see ``strict_json``)."""
        if self._object is None:
            self._object = parse_object(self.get_data(cache=True))
        return self._object


def accepts(*types: str, max_bytes: int | None = None) -> Callable[[View], View]:
    """Declare the content types that a view reads (default JSON only) and its own limit of bytes (default 64 KiB)."""

    def declare(view: View) -> View:
        if types:
            setattr(view, _ACCEPTS, (*getattr(view, _ACCEPTS, ()), *types))
        if max_bytes is not None:
            setattr(view, _MOST, max_bytes)
        return view

    return declare


def check_address(request: Request) -> None:
    """Problem 400 ``malformed-url`` for paths and queries that cannot be meant: bad UTF-8, NUL, ``//``, too long."""
    path, query = request.path, request.environ.get("QUERY_STRING", "")
    if len(path) > MOST_PATH or len(query) > MOST_QUERY or _BAD_PATH.search(path) is not None:
        raise Problem(400, "malformed-url")
    if query and ("%" in query or not query.isascii()):
        try:
            text = unquote_to_bytes(query.encode("latin-1")).decode("utf-8")
        except UnicodeError:
            raise Problem(400, "malformed-url") from None
        if any(character < " " or character == "\x7f" for character in text):
            raise Problem(400, "malformed-url")
    if len(request.environ.get("HTTP_COOKIE", "")) > MOST_COOKIE:
        raise Problem(431, "headers-too-large")


def check_body(app: Flask, request: Request) -> None:
    """Problems 413 and 415 for a body that the route does not read; sets the request's limit."""
    environ = request.environ
    if environ.get("CONTENT_LENGTH") in (None, "", "0") and "HTTP_TRANSFER_ENCODING" not in environ:
        return
    if request.url_rule is None:
        return
    view = app.view_functions.get(request.endpoint or "")
    most = getattr(view, _MOST, MOST_BYTES)
    if most != MOST_BYTES:
        request.max_content_length = most
    if (request.content_length or 0) > most:
        raise Problem(413, "body-too-large", detail_params={"most": most}, headers={"Connection": "close"})
    allowed = getattr(view, _ACCEPTS, _ONLY_JSON)
    if environ.get("CONTENT_TYPE") != JSON or allowed is not _ONLY_JSON or "HTTP_CONTENT_ENCODING" in environ:
        _check_type(request, allowed)
    if allowed is _ONLY_JSON and "json" not in getattr(view, "reads", ()):
        _check_unread(app, request)


def _check_type(request: Request, allowed: tuple[str, ...]) -> None:
    charset = request.mimetype_params.get("charset", "utf-8")
    encoding = request.environ.get("HTTP_CONTENT_ENCODING", "identity")
    if request.mimetype not in allowed or charset.lower() != "utf-8" or encoding.lower() != "identity":
        types = ", ".join(allowed)
        raise Problem(415, "unsupported-media-type", headers={"Accept-Post": types, "Accept": types})


def _check_unread(app: Flask, request: Request) -> None:
    """An API's route that reads no body takes none: what a client believes to have said is not dropped silently."""
    if isinstance(app.blueprints.get(request.blueprint or ""), flask_smorest.Blueprint) and request.get_json():
        faults = [Fault(f"/{pointer_part(name)}", "field.unknown") for name in request.get_json()]
        raise Problem(422, "validation", errors=faults)
