"""Writing, asking and erasing terms. All in the caller's transaction and branch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

# Behind every text that begins with the same characters.
_BEHIND_ALL = "\U0010ffff"
# An entry may stand under several terms of one beginning (娜娜): so many rows are read for each that is wanted.
_ROWS_PER_ENTRY = 4


def write(session: Session, table: Any, entries: Iterable[tuple[str | None, str, Iterable[str]]]) -> int:
    """Add terms to ``table`` (a class with TermColumns): (branch, entry's id, its terms) each; returns how many.

    The branch is None in a table of the group. Terms that are there already stay.
    """
    rows = [
        {"term": term, "entry_id": entry_id} | ({"branch_id": branch} if branch else {})
        for branch, entry_id, terms in entries
        for term in sorted(terms)
    ]
    if rows:
        session.execute(_add(table.__table__, session.get_bind().dialect.name), rows)
    return len(rows)


@lru_cache(maxsize=32)
def _add(table: Any, dialect: str) -> Any:
    insert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    return insert(table).on_conflict_do_nothing()


def forget(session: Session, table: Any, entry_ids: Sequence[str]) -> None:
    """Take away every term of these entries, in every branch that is in scope."""
    gone = delete(table).where(table.entry_id.in_(entry_ids))
    session.execute(gone.execution_options(synchronize_session=False))


def lookup(session: Session, table: Any, term: str, limit: int) -> list[str]:
    """Ids of at most ``limit`` entries with a term that begins with ``term``, those that equal it first.

    ``table`` belongs to branches: of the branch in scope. One range of one index, read no further than needed.
    """
    found = session.execute(_select(table), range_of(term) | {"rows": limit * _ROWS_PER_ENTRY}).scalars()
    return list(dict.fromkeys(found))[:limit]


def range_of(term: str) -> dict[str, str]:
    """The bounds of the terms that begin with ``term``."""
    return {"low": term, "high": term + _BEHIND_ALL}


@lru_cache(maxsize=32)
def _select(table: Any) -> Any:
    return (
        select(table.entry_id)
        .where(table.term >= bindparam("low"), table.term < bindparam("high"))
        .order_by(table.term, table.entry_id)
        .limit(bindparam("rows"))
    )
