"""A request's own deadline: gunicorn's timeout does not end a slow request under threads, its next statement does."""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import Any

from sqlalchemy import Engine, event

from shared import clock
from shared.db import Database
from shared.http.problems import unavailable

SECONDS = 30.0
_deadline: ContextVar[float | None] = ContextVar("yingbin_deadline", default=None)


def begin(seconds: float = SECONDS) -> Token[float | None]:
    """Start the clock of a request; give the token to ``end``."""
    return _deadline.set(clock.monotonic() + seconds)


def end(token: Token[float | None]) -> None:
    """Stop it."""
    _deadline.reset(token)


def remaining() -> float | None:
    """Seconds left, None outside of requests; for long polls and calls to others."""
    deadline = _deadline.get()
    return None if deadline is None else max(0.0, deadline - clock.monotonic())


def watch(database: Database) -> None:
    """Let no statement begin after the deadline: Problem 503 ``deadline-passed``. Each has its own limit of 5 s."""
    engines: list[Engine] = [database.engine]
    if database.group_engine is not database.engine:
        engines.append(database.group_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", _check)


def _check(*unused: Any) -> None:
    deadline = _deadline.get()
    if deadline is not None and clock.monotonic() > deadline:
        raise unavailable("deadline-passed")
