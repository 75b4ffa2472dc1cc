"""Every exception that leaves a view becomes a problem: ours, werkzeug's, marshmallow's, the database's, surprises."""

from __future__ import annotations

import sqlite3

import marshmallow as ma
import structlog
from flask import Flask, Response, request
from sqlalchemy import exc as sa
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import RequestRedirect

from shared.http.faults import faults
from shared.http.problems import Problem, answer, unavailable
from shared.logs import where

log = structlog.get_logger(__name__)
_KEPT = ("Allow", "Retry-After", "WWW-Authenticate", "Content-Range")
_CODES = {
    400: "bad-request", 401: "unauthenticated", 403: "forbidden", 404: "not-found", 405: "method-not-allowed",
    408: "deadline-passed", 409: "conflict", 410: "gone", 412: "precondition-failed", 413: "body-too-large",
    414: "malformed-url", 415: "unsupported-media-type", 416: "range-not-satisfiable", 422: "validation",
    428: "precondition-required", 429: "too-many-requests", 431: "headers-too-large", 500: "internal-error",
    503: "unavailable", 507: "storage-full",
}  # fmt: skip
# PostgreSQL's class 53 is "insufficient resources"; 53100 is the disk.
_DISK_FULL = "53100"
_LOCK_NOT_AVAILABLE = "55P03"


def register(app: Flask) -> None:
    """Answer every exception of ``app`` with a problem."""
    app.register_error_handler(Problem, _ours)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(ma.ValidationError, _validation)
    app.register_error_handler(sa.SQLAlchemyError, _database)
    app.register_error_handler(Exception, _surprise)


def _ours(problem: Problem) -> Response:
    return answer(problem)


def from_http(error: HTTPException) -> Response | HTTPException:
    """werkzeug's and Flask's own errors, with the headers that belong to them."""
    if isinstance(error, RequestRedirect) or error.code is None or error.code < 400:
        return error
    code = _CODES.get(error.code, "internal-error" if error.code >= 500 else "bad-request")
    headers = {name: value for name, value in error.get_headers() if name in _KEPT}
    if error.code == 401:
        headers.setdefault("WWW-Authenticate", "Bearer")
    if error.code == 503:
        headers.setdefault("Retry-After", "1")
    params = {}
    if isinstance(error, RequestEntityTooLarge):
        params["most"] = request.max_content_length
    return answer(Problem(error.code, code, headers=headers, detail_params=params))


def _validation(error: ma.ValidationError) -> Response:
    return answer(Problem(422, "validation", errors=faults(error.messages)))


def _database(error: sa.SQLAlchemyError) -> Response:
    problem = database_problem(error)
    if problem is None:
        return _surprise(error)
    # The message may hold the statement's parameters, which may hold a person: only its kind is noted.
    log.warning("database.unavailable", error=type(error).__name__, cause=type(getattr(error, "orig", None)).__name__)
    return answer(problem)


def database_problem(error: BaseException) -> Problem | None:
    """503 with Retry-After for what passes by itself, 507 for a full disk, None for a mistake of ours."""
    if isinstance(error, sa.TimeoutError):
        return unavailable()
    if not isinstance(error, sa.DBAPIError):
        return None
    cause = error.orig
    state = getattr(cause, "sqlstate", None)
    sqlite = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if state == _DISK_FULL or sqlite == sqlite3.SQLITE_FULL:
        return unavailable("storage-full", status=507, after_seconds=60)
    if isinstance(error, sa.OperationalError | sa.InterfaceError) or error.connection_invalidated:
        # "no such table" is an OperationalError of SQLite too: a mistake, not a busy database.
        return None if sqlite == sqlite3.SQLITE_ERROR else unavailable()
    return None


def lock_timeout(error: BaseException) -> bool:
    """Whether somebody else held the row for longer than we wait (PostgreSQL's lock_timeout)."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == _LOCK_NOT_AVAILABLE


def _surprise(error: Exception) -> Response:
    if type(error).__module__ == "gunicorn.http.errors":
        # The server met the end of its patience while a view read the body: chunks that are none, a cut line.
        return answer(Problem(400, "malformed-body", headers={"Connection": "close"}))
    # Type and place, never the message: it may repeat what somebody typed.
    log.error("request.failed", error=type(error).__name__, where=where(error))
    return answer(Problem(500, "internal-error"))
