"""Adding increments to roll-up rows: one statement a batch, the same sums in whatever order the facts came."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.orm import Session

from services.reporting.base import Base


@cache
def _sqlite(table: Table, sums: tuple[str, ...]) -> Insert:
    adding = insert(table)
    return adding.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: table.c[name] + adding.excluded[name] for name in sums},
    )


@cache
def _postgresql(table: Table, sums: tuple[str, ...]) -> str:
    """All rows as one parameter: a statement a row costs four times as much, on both sides."""
    kinds = {column.name: column.type.compile(postgresql.dialect()) for column in table.columns}
    names = ", ".join(kinds)
    given = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    keys = ", ".join(column.name for column in table.primary_key.columns)
    adding = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in sums)
    return (
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM json_to_recordset(%s::json) AS given ({given}) "  # noqa: S608
        f"ON CONFLICT ({keys}) DO UPDATE SET {adding}"
    )


def add(
    session: Session, model: type[Base], sums: Sequence[str], increments: Mapping[tuple[Any, ...], Sequence[int]]
) -> None:
    """Add ``increments`` to the rows of ``model``: values of the primary key → one whole number per column of ``sums``.

    A row not there yet begins at 0. Only sums go in, never "the latest": what adding gives does not depend on the
    order of two sources.
    """
    if not increments:
        return
    table: Any = model.__table__
    keys = [column.name for column in table.primary_key.columns]
    # Sorted, so that two writers would take the rows' locks in one order.
    rows = [
        dict(zip(keys, key, strict=True)) | dict(zip(sums, increments[key], strict=True)) for key in sorted(increments)
    ]
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        text = json.dumps(rows, ensure_ascii=False, default=date.isoformat)
        connection.exec_driver_sql(_postgresql(table, tuple(sums)), (text,))
    else:
        connection.execute(_sqlite(table, tuple(sums)), rows)
