"""The same request twice is done once. Answers are kept in the action's transaction: neither exists without the other.

Order of events: act, keep the answer, commit. Who finds the place taken when he wants to keep his own answer is rolled
back with everything he did, and gives the first one's. So a new request (nearly all are) pays for no look beforehand; a
place that this process has seen is looked at first, and a repetition costs one read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from typing import Any

import psycopg
from flask import Response, g, make_response, request
from sqlalchemy import Row, delete, select, tuple_, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as DatabaseBusy
from sqlalchemy.orm import Session

from shared import clock
from shared.access.actor import current_actor
from shared.db import reader, transaction
from shared.http.errors import lock_timeout
from shared.http.model import Idempotency
from shared.http.problems import Problem
from shared.runtime import runtime

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)
_TABLE: Any = Idempotency.__table__
_NAMES = tuple(column.name for column in _TABLE.c)
_KEEP_SQLITE = sqlite.insert(_TABLE).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
# Said to psycopg itself: through the layers above it this one statement cost a tenth of a check-in.
_KEEP_POSTGRESQL = (
    f"INSERT INTO idempotency ({', '.join(_NAMES)}) "  # noqa: S608 - our own columns
    f"VALUES ({', '.join('%s' for _ in _NAMES)}) ON CONFLICT DO NOTHING"
)
_COLUMNS = (
    _TABLE.c.body_hash, _TABLE.c.status, _TABLE.c.content_type, _TABLE.c.location, _TABLE.c.body, _TABLE.c.expires_at,
)  # fmt: skip
Place = tuple[str, str, str]
_RECENT = "idempotency.recent"
_MOST_RECENT = 20_000


class _Twice(Exception):
    """Somebody else has kept an answer in this place meanwhile."""


def answered_once(view: Any) -> Any:
    """Mark a view that is not in the transaction itself but gives the answer of an ``idempotent`` function."""
    view.idempotent = True
    return view


def idempotent(
    view: Callable[..., Any] | None = None,
    *,
    ignore: Iterable[str] = (),
    kept: timedelta = KEPT,
    secret: bool = False,
) -> Callable[..., Any]:
    """Make a POST safe to repeat: the answer is kept with the action, in one transaction, under ``Idempotency-Key``.

    Machines must send the key, for they try again by themselves; staff may, and a page's form need not.

    Write it between ``arguments`` and ``response``. ``ignore``: fields of the body that may differ when the same
    request is sent again (the time of sending). ``kept``: how long a repetition is recognised; longer than any device
    keeps requests that it could not send. ``secret``: the answer holds something that is shown once (a new key), so
    only that it was given is kept. Problems: 400 ``idempotency-key-required`` or ``-invalid``,
    422 ``idempotency-key-reused``, 409 ``request-in-progress``, 410 ``answer-erased`` or ``answer-not-kept``.
    """
    if view is None:
        return lambda function: idempotent(function, ignore=ignore, kept=kept, secret=secret)
    without = frozenset(ignore)

    @wraps(view)
    def once(*args: Any, **options: Any) -> Response:
        actor = current_actor()
        if actor.kind == "staff" and HEADER not in request.headers:
            return view(*args, **options)
        rule = request.url_rule
        place = (f"{actor.kind}/{actor.id}", f"{request.method} {rule.rule if rule else request.path}"[:120], _key())
        mark = _mark(without)
        recent = runtime().database.memory.setdefault(_RECENT, {})
        look = place in recent
        if len(recent) >= _MOST_RECENT:
            recent.clear()
        recent[place] = None

        def act() -> Response:
            return make_response(view(*args, **options))

        try:
            try:
                return _once(place, mark, kept, act, look, secret)
            except _Twice:
                return _kept_answer(place, mark) or _once(place, mark, kept, act, True, secret)
        except _Twice:
            raise Problem(409, "request-in-progress", headers={"Retry-After": "1"}) from None
        except (OperationalError, DatabaseBusy) as error:
            if lock_timeout(error):
                raise Problem(409, "request-in-progress", headers={"Retry-After": "1"}) from None
            raise
        except Exception as error:
            if isinstance(error, Problem) and error.code.startswith(("idempotency-", "answer-")):
                raise
            # It may have been done before, and what was done then makes it look wrong now.
            answer = _kept_answer(place, mark)
            if answer is None:
                raise
            return answer

    marked: Any = once
    marked.idempotent = True
    return once


def concerns(subject: str) -> None:
    """Say in a view or action whom the answer is about (``customer/<id>``), so that erasing the person finds it."""
    g.answer_concerns = subject


def redact(session: Session, subject: str) -> int:
    """Empty the answers about ``subject``; repeating such a request gives 410. Returns how many."""
    return session.execute(
        update(_TABLE).where(_TABLE.c.subject == subject, _TABLE.c.body.is_not(None)).values(body=None, body_hash=b"")
    ).rowcount  # type: ignore[attr-defined]


def forget_expired(session: Session, limit: int = 1000) -> int:
    """Delete answers that are kept no longer, at most ``limit``; returns how many."""
    place = (_TABLE.c.owner, _TABLE.c.route, _TABLE.c.key)
    old = select(*place).where(_TABLE.c.expires_at <= clock.now()).limit(limit)
    return session.execute(delete(_TABLE).where(tuple_(*place).in_(old))).rowcount  # type: ignore[attr-defined]


def _once(
    place: Place, mark: bytes, kept: timedelta, act: Callable[[], Response], look: bool, secret: bool
) -> Response:
    with transaction() as session:
        now = clock.now()
        found = _find(session, place) if look else None
        if found is not None:
            if found.expires_at > now:
                return _again(found, mark)
            session.execute(delete(_TABLE).where(*_at(place)))
        g.pop("answer_concerns", None)
        response = act()
        if response.status_code >= 500:
            return response
        owner, route, key = place
        body = None if secret and response.status_code < 300 else response.get_data()
        row = {
            "owner": owner, "route": route, "key": key, "body_hash": mark, "status": response.status_code,
            "content_type": response.content_type or "", "location": response.headers.get("Location"),
            "body": body, "subject": g.get("answer_concerns"),
            "created_at": now, "expires_at": now + kept,
        }  # fmt: skip
        if _keep(session, row) == 0:
            raise _Twice
    return response


def _keep(session: Session, row: dict[str, Any]) -> int:
    """Insert the answer; 0 when somebody else's stands there already (it waits for one that is not committed yet)."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return connection.execute(_KEEP_SQLITE, row).rowcount
    driver: Any = connection.connection.driver_connection
    try:
        return driver.execute(_KEEP_POSTGRESQL, [row[column] for column in _NAMES]).rowcount
    except psycopg.Error as error:
        raise DBAPIError.instance(_KEEP_POSTGRESQL, None, error, psycopg.Error) from error  # type: ignore[misc]


def _kept_answer(place: Place, mark: bytes) -> Response | None:
    with reader() as session:
        found = _find(session, place)
    return _again(found, mark) if found is not None and found.expires_at > clock.now() else None


def _again(found: Row[Any], mark: bytes) -> Response:
    if found.body is None and not found.body_hash:
        raise Problem(410, "answer-erased")
    if found.body_hash != mark:
        raise Problem(422, "idempotency-key-reused")
    if found.body is None:
        raise Problem(410, "answer-not-kept")
    response = Response(found.body, status=found.status, content_type=found.content_type)
    if found.location:
        response.headers["Location"] = found.location
    response.headers[REPLAYED] = "true"
    return response


def _find(session: Session, place: Place) -> Any:
    return session.execute(select(*_COLUMNS).where(*_at(place))).first()


def _at(place: Any) -> tuple[Any, ...]:
    return _TABLE.c.owner == place[0], _TABLE.c.route == place[1], _TABLE.c.key == place[2]


def _key() -> str:
    found = request.headers.getlist(HEADER)
    if not found:
        raise Problem(400, "idempotency-key-required")
    if len(found) > 1 or _KEY.fullmatch(found[0]) is None:
        raise Problem(400, "idempotency-key-invalid")
    return found[0]


def _mark(without: frozenset[str]) -> bytes:
    """One hash over method, address and what was meant: the order of keys and spaces in the JSON do not count."""
    mark = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    if request.mimetype == "multipart/form-data":
        _mark_form(mark, without)
    elif request.content_length != 0 and request.mimetype == "application/json":
        body = request.get_json()
        if without:
            body = {name: value for name, value in body.items() if name not in without}
        mark.update(json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    else:
        mark.update(request.get_data(cache=True))
    return mark.digest()


def _mark_form(mark: Any, without: frozenset[str]) -> None:
    for name, values in sorted(request.form.lists()):
        if name not in without:
            mark.update(json.dumps([name, values]).encode())
    for name, file in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
        inside = hashlib.sha256()
        while piece := file.stream.read(1 << 16):
            inside.update(piece)
        file.stream.seek(0)
        mark.update(json.dumps([name, file.filename, inside.hexdigest()]).encode())
