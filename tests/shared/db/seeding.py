"""Rows for any schema: what a migration must not lose is only seen on a database that is not empty."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Connection, MetaData, Table, func, select
from sqlalchemy.exc import DBAPIError

ROWS = 3


def seed(connection: Connection) -> dict[str, int]:
    """Put rows into every table, parents first, as far as its rules can be guessed; returns the tables' row counts."""
    metadata = MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        if table.name == "alembic_version":
            continue
        for number in range(1, ROWS + 1):
            values = {column.name: _value(connection, column, number) for column in table.columns}
            try:
                with connection.begin_nested():
                    connection.execute(table.insert(), values)
            except DBAPIError:
                continue  # a rule of this table that nobody can guess, or a row that is there already
    return counts(connection)


def counts(connection: Connection) -> dict[str, int]:
    """Rows of every table."""
    metadata = MetaData()
    metadata.reflect(connection)
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }


def _value(connection: Connection, column: Column[Any], number: int) -> Any:
    for key in column.foreign_keys:
        parents = connection.execute(select(key.column).order_by(key.column)).scalars().all()
        return parents[(number - 1) % len(parents)] if parents else None
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return number % 2 == 0
    if isinstance(kind, sa.DateTime):
        return datetime(2026, 11, 23, 10, number, tzinfo=UTC)
    if isinstance(kind, sa.Date):
        return date(2026, 11, number)
    if isinstance(kind, sa.Integer):
        return number
    if isinstance(kind, sa.Numeric):
        return number
    if isinstance(kind, sa.String):
        if column.name == "branch_id":
            return f"branch-{number}"
        words = _allowed(column.table, column.name)
        if words:
            return words[(number - 1) % len(words)]
        if kind.length is None or kind.length < 4:
            return str(number)  # a text without limit may be JSON, and a number is
        return f"{column.name[:8]}-{number}"[: kind.length]
    return None


def _allowed(table: Table, name: str) -> list[str]:
    """The words of a check such as ``state IN ('waiting', 'done')``."""
    for constraint in table.constraints:
        if isinstance(constraint, sa.CheckConstraint):
            text = str(constraint.sqltext)
            if name in text and "'" in text:
                return text.split("'")[1::2]
    return []
