"""What caused what: one correlation id from the first tap to the last figure, in requests, events and jobs."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar, Token
from dataclasses import dataclass
from types import TracebackType

_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}", re.ASCII)
_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Trace:
    """``correlation_id``: of the whole chain; ``causation_id``: the event that caused this; ``traceparent``: W3C."""

    correlation_id: str | None = None
    causation_id: str | None = None
    traceparent: str | None = None


_NOTHING = Trace()
_current: ContextVar[Trace] = ContextVar("yingbin_trace", default=_NOTHING)


def current_trace() -> Trace:
    """The trace of this piece of work; all None outside of one."""
    return _current.get()


class tracing:
    """``with tracing(correlation_id, causation_id, traceparent):`` work inside belongs to that chain."""

    __slots__ = ("_token", "_trace")

    def __init__(
        self, correlation_id: str | None = None, causation_id: str | None = None, traceparent: str | None = None
    ) -> None:
        self._trace = Trace(correlation_id, causation_id, traceparent)
        self._token: Token[Trace] | None = None

    def __enter__(self) -> Trace:
        self._token = _current.set(self._trace)
        return self._trace

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        if self._token is not None:
            _current.reset(self._token)
            self._token = None


def enter(trace: Trace) -> Token[Trace]:
    """Begin work of a chain; ``leave`` with what this returns."""
    return _current.set(trace)


def leave(token: Token[Trace]) -> None:
    """Go back to what was before ``enter``."""
    _current.reset(token)


def inbound(request_id: str | None, traceparent: str | None) -> tuple[str, Trace]:
    """The request's id and trace from its headers: well-formed ones are taken over, anything else is replaced.

    A stranger's text never reaches a log or an event: only these two patterns do.
    """
    if traceparent is not None:
        known = _TRACEPARENT.fullmatch(traceparent)
        traceparent = f"00-{known[1]}-{secrets.token_hex(8)}-{known[3]}" if known else None
    if request_id is None or _REQUEST_ID.fullmatch(request_id) is None:
        request_id = traceparent[3:35] if traceparent else secrets.token_hex(16)
    return request_id, Trace(request_id, None, traceparent)
