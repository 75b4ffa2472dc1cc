"""One line of JSON per thing worth knowing, to stdout. Never a person, a query's values, or an error's message."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from shared import clock
from shared.trace import current_trace

_QUIET = ("kombu", "amqp", "httpx", "httpcore", "alembic", "sqlalchemy.engine", "psycopg.pool")
# JSON escapes C0 only; a terminal also obeys C1, and bidirectional marks turn what an operator reads.
_UNPRINTED = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
Line = MutableMapping[str, Any]
_lines_of_requests = False


def configure(level: str = "INFO") -> None:
    """Send structlog and the standard library's logging to stdout, in the same form."""
    processors: list[Any] = [structlog.stdlib.add_log_level, _time, _trace, without_messages]
    structlog.configure(
        processors=[*processors, structlog.processors.JSONRenderer(serializer=_json)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Stdout(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(_Late())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *processors],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_json),
            ],
        )
    )
    global _lines_of_requests
    _lines_of_requests = level in ("DEBUG", "INFO")
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def request_line(
    service: str, method: str, route: str, status: int, seconds: float, actor: str | None, request_id: str
) -> None:
    """One line per answered request. Put together by hand: this is paid by every request, and every part is our own."""
    if _lines_of_requests:
        who = f'"{actor}"' if actor else "null"
        sys.stdout.write(
            f'{{"event": "request", "service": "{service}", "method": "{method if method.isalpha() else "?"}",'
            f' "route": "{route}", "status": {status}, "ms": {seconds * 1000:.1f}, "actor": {who}, "level": "info",'
            f' "time": "{clock.wire(clock.now())}", "request_id": "{request_id}"}}\n'
        )
        sys.stdout.flush()


def without_messages(logger: Any, method: str, line: Line) -> Line:
    """An exception is logged by its kind and place: its message may repeat a name, a number, a whole statement."""
    info = line.pop("exc_info", None)
    if info:
        error = info if isinstance(info, BaseException) else (sys.exc_info()[1] if info is True else info[1])
        if error is not None:
            line["error"], line["where"] = type(error).__name__, where(error)
    return line


def where(error: BaseException) -> list[str]:
    """The last places that an exception came through."""
    found, stack = [], error.__traceback__
    while stack is not None:
        code = stack.tb_frame.f_code
        found.append(f"{code.co_filename.rpartition('/')[2]}:{stack.tb_lineno} {code.co_name}")
        stack = stack.tb_next
    return found[-6:]


def _json(line: Any, **options: Any) -> str:
    text = json.dumps(line, ensure_ascii=False, default=_readable)
    return text if text.isascii() and "\x7f" not in text else _UNPRINTED.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _readable(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) else type(value).__name__


def _time(logger: Any, method: str, line: Line) -> Line:
    line["time"] = clock.wire(clock.now())
    return line


def _trace(logger: Any, method: str, line: Line) -> Line:
    request_id = current_trace().correlation_id
    if request_id is not None:
        line.setdefault("request_id", request_id)
    return line


class _Stdout:
    """Looks stdout up each time: tests and servers exchange it."""

    def msg(self, message: str) -> None:
        sys.stdout.write(message + "\n")
        sys.stdout.flush()

    log = debug = info = warn = warning = error = err = exception = critical = fatal = failure = msg


class _Late:
    def write(self, text: str) -> None:
        sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()
