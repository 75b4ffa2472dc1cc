"""Adding increments to roll-up rows: one statement a batch, the same sums in whatever order the facts came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Insert

_INSERT = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


@cache
def _statement(table: Table, sums: tuple[str, ...], dialect: str) -> Insert:
    adding = _INSERT[dialect](table)
    return adding.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: table.c[name] + adding.excluded[name] for name in sums},
    )


def add(
    session: Session, table: Table, sums: Sequence[str], increments: Mapping[tuple[Any, ...], Sequence[int]]
) -> None:
    """Add ``increments`` to ``table``: values of the primary key → one whole number per column of ``sums``.

    A row not there yet begins at 0. Only sums go in, never "the latest": what adding gives does not depend on the
    order of two sources.
    """
    if not increments:
        return
    keys = [column.name for column in table.primary_key.columns]
    # Sorted, so that two writers would take the rows' locks in one order.
    rows = [
        dict(zip(keys, key, strict=True)) | dict(zip(sums, increments[key], strict=True)) for key in sorted(increments)
    ]
    session.execute(_statement(table, tuple(sums), session.get_bind().dialect.name), rows)
