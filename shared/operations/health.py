"""Alive, ready, which build. Alive asks nobody; ready asks the database, and serves without a bus."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from functools import lru_cache
from typing import Any

from flask import Blueprint, current_app, jsonify
from sqlalchemy import text

from shared.db import every_branch
from shared.runtime import Runtime, runtime

PATIENCE_SECONDS = 1.0
# A log that is not published for so long is behind a broken bus or a stopped worker; facts still travel by the feed.
_BACKLOG_SECONDS = 15
blueprint = Blueprint("health", __name__)
# Threads of their own: a database that hangs must not take those that serve.
_askers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="ready")


@blueprint.get("/healthz")
def healthz() -> Any:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> Any:
    """200 when the database answers within a second at the newest revision; 503 otherwise, and on the way out."""
    state = readiness(runtime())
    return (
        jsonify(state),
        200 if state["status"] == "ready" else 503,
        {"Retry-After": "2"} if state["status"] != "ready" else {},
    )


@blueprint.get("/version")
def version() -> Any:
    """Which build serves."""
    here = runtime()
    return {"service": here.service.name, "build": here.environment.build, "mode": here.environment.mode}


def readiness(here: Runtime) -> dict[str, str]:
    """``status`` (ready, not_ready, draining), ``database``, ``migrations``, ``bus`` (ok, degraded, unknown)."""
    state = {"status": "not_ready", "database": "unreachable", "migrations": "unknown", "bus": "unknown"}
    if here.draining:
        return {**state, "status": "draining"}
    asked = _askers.submit(_ask, here)
    try:
        state.update(asked.result(timeout=PATIENCE_SECONDS))
    except TookTooLong:
        asked.cancel()
    except Exception as error:
        current_app.logger.warning("not ready: %s", type(error).__name__)
    if state["database"] == "ok" and state["migrations"] == "ok":
        state["status"] = "ready"
    return state


def _ask(here: Runtime) -> dict[str, str]:
    with here.app.app_context(), every_branch(), here.database.reader() as session:
        found = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        state = {
            "database": "ok",
            "migrations": "ok" if found == head(here.service.name) else "behind",
            "bus": "unknown",
        }
    if state["migrations"] == "ok":
        state["bus"] = _bus(here)
    return state


def _bus(here: Runtime) -> str:
    from shared.events.metrics import flow

    if here.worker is not None:
        return "ok" if here.worker.relay.bus_up else "degraded"
    return "degraded" if flow(here)["oldest_age_seconds"] > _BACKLOG_SECONDS else "ok"


@lru_cache(maxsize=16)
def head(service: str) -> str | None:
    """The newest revision that this build knows; it cannot change while it runs."""
    from shared.db.migrate import migrations_of

    return migrations_of(service).head()
