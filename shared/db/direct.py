"""Statements of the few hottest paths, said to psycopg itself.

Through the session a statement costs about 150 µs of Python before it leaves, which is more than PostgreSQL needs to
answer it. ``Direct`` compiles a Core statement once and sends its text. What the session would have checked is the
caller's to keep: the statement names its branch_id itself, and nothing it needs is still pending in the session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.db.postgresql import BranchDialect

_dialect = BranchDialect()


class Direct:
    """A Core statement for PostgreSQL, compiled once; keep it at module level."""

    def __init__(self, statement: Any) -> None:
        compiled = statement.compile(dialect=_dialect)
        self._text = str(compiled)
        self._constants = dict(compiled.params)
        self._processors = {
            name: processor
            for name, bind in compiled.binds.items()
            if (processor := bind.type.dialect_impl(_dialect).bind_processor(_dialect)) is not None
        }

    def rows(self, session: Session, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """Execute in the session's transaction; every row, as plain tuples. SQLAlchemy's errors, as everywhere else."""
        given = {**self._constants, **values}
        for name, processor in self._processors.items():
            given[name] = processor(given[name])
        driver: Any = session.connection().connection.driver_connection
        try:
            return driver.execute(self._text, given).fetchall()
        except psycopg.Error as error:
            # The parameters stay out of it: they may be a person's.
            raise DBAPIError.instance(self._text, None, error, psycopg.Error) from error  # type: ignore[misc]
