"""Column types that mean the same on both databases. Migrations see only what lies below them (``revisions``)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: takes aware times only (ValueError), gives UTC back; SQLite alone would give naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone is no instant")
        return value if value.tzinfo is UTC else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A JSON value kept as text, the same bytes on both databases. NaN and infinities are a ValueError; None is NULL.

    A value read is the row's own copy: changing it in place is not noticed, assign a new one.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class database_time(FunctionElement[datetime]):
    """The database's own clock inside a statement: ``select(Job).where(Job.due_at <= database_time())``."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(database_time, "postgresql")
def _postgresql_time(element: database_time, compiler: Any, **options: Any) -> str:
    return "clock_timestamp()"


@compiles(database_time, "sqlite")
def _sqlite_time(element: database_time, compiler: Any, **options: Any) -> str:
    # The form in which SQLAlchemy stores a DateTime, so that comparing texts compares instants.
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
