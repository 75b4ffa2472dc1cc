"""The fixed life of a request: it gets an id, a deadline and nobody's rights, is checked, answered, counted, noted.

All of it stands around Flask, not in its hooks: every microsecond here is paid by every request, and what is set is
put back in the same context, also when a test keeps Flask's own open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import structlog
from flask import Flask, request
from werkzeug.wsgi import ClosingIterator

from shared import clock
from shared.access.actor import PUBLIC, Actor, acting_as
from shared.access.keys import KeyRing
from shared.db import every_branch
from shared.faults import fp
from shared.http import deadline
from shared.http.bodies import StrictRequest, check_address, check_body
from shared.http.idempotency import forget_expired
from shared.logs import request_line
from shared.operations.metrics import count_request
from shared.runtime import EXTENSION
from shared.trace import enter, inbound, leave

log = structlog.get_logger(__name__)
LIFE = "yingbin.life"
_CSP = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
HEADERS = [
    ("Content-Security-Policy", _CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
_NOT_KEPT = ("Cache-Control", "no-store")
# Asked every few seconds by machines: counted, not noted.
_SILENT = frozenset({"healthz", "readyz", "metrics", "events", "bell"})


class Life:
    """What is known of a request while it lasts."""

    __slots__ = ("actor", "request_id", "route", "started")

    def __init__(self, request_id: str) -> None:
        self.started = clock.monotonic()
        self.request_id = request_id
        self.route = "unmatched"
        self.actor: Actor | None = None


class SuiteApp(Flask):
    """Flask with this life. Views are plain functions here, so nothing asks whether they might be coroutines."""

    request_class = StrictRequest

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Flask asks this of every view and hook of every request; ours are never coroutines."""
        return func

    def wsgi_app(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """One request."""
        request_id, trace = inbound(environ.get("HTTP_X_REQUEST_ID"), environ.get("HTTP_TRACEPARENT"))
        environ[LIFE] = life = Life(request_id)
        trace_token, deadline_token = enter(trace), deadline.begin()
        try:
            # Nobody yet: a call from inside this process must not bring its caller's rights along.
            with acting_as(PUBLIC):
                answer = super().wsgi_app(environ, self._finishing(environ, life, start_response))
        finally:
            deadline.end(deadline_token)
            leave(trace_token)
        here = self.extensions.get(EXTENSION)
        ring = KeyRing.of(here.database) if here is not None else None
        if ring is not None and ring.due:
            return ClosingIterator(answer, lambda: self._tidy(ring))
        return answer

    def _finishing(self, environ: Any, life: Life, start_response: Any) -> Callable[..., Any]:
        def finish(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            seconds, number = clock.monotonic() - life.started, int(status[:3])
            method = environ["REQUEST_METHOD"]
            service = self.name.rpartition(".")[2]
            count_request(service, life.route, method, number, seconds)
            if life.route.rpartition("/")[2] not in _SILENT:
                actor = life.actor
                who = f"{actor.kind}/{actor.id}" if actor is not None else None
                request_line(service, method, life.route, number, seconds, who, life.request_id)
            if method == "POST":
                fp("http.before_response")
            extra = [*HEADERS, ("X-Request-Id", life.request_id)]
            if not any(name == "Cache-Control" for name, _ in headers):
                extra.append(_NOT_KEPT)
            return start_response(status, headers + extra, error)

        return finish

    def _tidy(self, ring: KeyRing) -> None:
        """Once a minute, after an answer has gone out: which keys were used, which answers are kept no longer."""
        try:
            with self.app_context(), every_branch():
                if ring.write_seen():
                    with ring.database.transaction() as session:
                        forget_expired(session)
        except Exception:
            log.exception("requests.not_tidied")


def install(app: SuiteApp) -> None:
    """Check what comes in before anything of ours sees it."""

    @app.before_request
    def check() -> None:
        asked: Any = request._get_current_object()  # type: ignore[attr-defined]
        life = asked.environ.get(LIFE)
        if life is not None and asked.url_rule is not None:
            life.route = asked.url_rule.rule
        check_address(asked)
        check_body(app, asked)
