"""The fixed life of a request: it gets an id and a deadline, is checked, answered, counted, noted."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, Response, g, request

from shared import clock
from shared.access.actor import PUBLIC, acting_as
from shared.access.keys import KeyRing
from shared.http import deadline
from shared.http.bodies import check_address, check_body
from shared.operations.metrics import count_request
from shared.runtime import Runtime
from shared.trace import enter, inbound, leave

log = structlog.get_logger("access")
_CSP = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
HEADERS = [
    ("Content-Security-Policy", _CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
# Asked every few seconds by machines: counted, not noted.
_SILENT = frozenset({"health.healthz", "health.readyz", "metrics.metrics", "static"})


def install(app: Flask, here: Runtime) -> None:
    """Give every request of ``app`` this life."""
    service = here.service.name

    @app.before_request
    def begin() -> None:
        headers = request.headers
        request_id, trace = inbound(headers.get("X-Request-Id"), headers.get("traceparent"))
        g.life = (clock.monotonic(), request_id, enter(trace), deadline.begin(), acting_as(PUBLIC))
        # Nobody yet: a call from inside this process must not bring its caller's rights along.
        g.life[4].__enter__()
        check_address(request)
        check_body(app, request)

    @app.after_request
    def finish(response: Response) -> Response:
        life = g.get("life")
        headers = response.headers
        headers.extend(HEADERS)
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        if life is None:
            return response
        headers["X-Request-Id"] = life[1]
        rule = request.url_rule
        seconds = clock.monotonic() - life[0]
        route = rule.rule if rule is not None else "unmatched"
        count_request(service, route, request.method, response.status_code, seconds)
        if request.endpoint not in _SILENT:
            _note(service, route, response.status_code, seconds)
        ring = KeyRing.of(here.database)
        if ring.due:
            response.call_on_close(lambda: _write_seen(app, ring))
        return response

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        life: Any = g.pop("life", None)
        if life is not None:
            try:
                life[4].__exit__(None, None, None)
                deadline.end(life[3])
                leave(life[2])
            except ValueError:
                # A test's client that keeps the context open ends it in another one; nothing is left to put back there.
                return


def _note(service: str, route: str, status: int, seconds: float) -> None:
    actor = g.get("actor")
    log.info(
        "request", service=service, method=request.method, route=route, status=status, ms=round(seconds * 1000, 1),
        actor=f"{actor.kind}/{actor.id}" if actor else None,
    )  # fmt: skip


def _write_seen(app: Flask, ring: KeyRing) -> None:
    try:
        with app.app_context():
            ring.write_seen()
    except Exception:
        log.exception("keys.seen_not_written")
