"""Everything that goes wrong leaves as one shape (RFC 9457): stable codes for programs, sentences for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, current_app, has_app_context, has_request_context
from flask import request as current_request
from werkzeug.wrappers import Request

from shared.i18n.language import DEFAULT, language_of
from shared.i18n.wording import HOUSE, Wording
from shared.trace import current_trace

MEDIA_TYPE = "application/problem+json"
_MOST_ERRORS = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field. ``pointer``: a JSON pointer into the body, or ``/<parameter>`` of the query."""

    pointer: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    detail: str | None = None


class Problem(Exception):
    """Raised anywhere below a door, answered by it. ``code`` is stable and stands in a catalogue with its words.

    ``detail``: instead of the catalogue's sentence, a text or ``{"zh": …, "en": …}``; never a value of a person.
    ``errors``: Faults, ``(pointer, code)`` pairs or dictionaries with pointer, code and optionally params, detail.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str | Mapping[str, str] | None = None,
        errors: Iterable[Any] = (),
        headers: Mapping[str, str] | None = None,
        *,
        detail_params: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(_fault(error) for error in errors)
        self.headers = dict(headers or {})
        self.detail_params = dict(detail_params or {})


def invalid(*errors: Any) -> Problem:
    """A 422 ``validation`` problem with these faults."""
    return Problem(422, "validation", errors=errors)


def unavailable(code: str = "unavailable", *, after_seconds: int = 1, status: int = 503) -> Problem:
    """A 503 with ``Retry-After``: nothing was done, trying again may help."""
    return Problem(status, code, headers={"Retry-After": str(after_seconds)})


def document(problem: Problem, request: Request | None = None) -> dict[str, Any]:
    """The body of the answer, in the language of ``request`` (default: the current one, or Chinese)."""
    if request is None and has_request_context():
        request = current_request
    language = language_of(request) if request is not None else DEFAULT
    wording = _wording()
    params = {"count": len(problem.errors), **problem.detail_params}
    title, detail = wording.problem(problem.code, problem.status, language, params)
    if problem.detail is not None:
        detail = problem.detail if isinstance(problem.detail, str) else problem.detail[language]
    found: dict[str, Any] = {
        "type": f"/problems/{problem.code}",
        "title": title,
        "status": problem.status,
        "detail": detail,
        "instance": request.path[:200] if request is not None else None,
        "request_id": current_trace().correlation_id,
    }
    if problem.errors:
        found["errors"] = [
            {"pointer": e.pointer, "code": e.code, "detail": e.detail or wording.field(e.code, language, e.params)}
            for e in problem.errors[:_MOST_ERRORS]
        ]
    return found


def answer(problem: Problem, request: Request | None = None) -> Response:
    """The response of a problem."""
    body = json.dumps(document(problem, request), ensure_ascii=False).encode("utf-8", "replace")
    response = Response(body, status=problem.status, content_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response


def _wording() -> Wording:
    if has_app_context():
        here = current_app.extensions.get("yingbin")
        if here is not None:
            return here.wording
    return HOUSE


def _fault(error: Any) -> Fault:
    if isinstance(error, Fault):
        return error
    if isinstance(error, Mapping):
        return Fault(error["pointer"], error["code"], error.get("params") or {}, error.get("detail"))
    pointer, code = error
    return Fault(pointer, code)
