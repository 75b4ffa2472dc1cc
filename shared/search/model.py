"""The columns of a table of terms."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

TERM_LENGTH = 32


class TermColumns:
    """Mixin of a table of terms; its ``__table_args__`` are ``term_keys(<name>, "branch_id")``.

    Terms compare by code point on both databases: a range of them is then a beginning, whatever the server's language.
    """

    term: Mapped[str] = mapped_column(
        String(TERM_LENGTH).with_variant(String(TERM_LENGTH, collation="C"), "postgresql"), nullable=False
    )
    entry_id: Mapped[str] = mapped_column(String(36), nullable=False)


def term_keys(table: str, *of: str) -> tuple[PrimaryKeyConstraint, Index]:
    """The key that answers a search by itself, and the index by which all terms of one entry are found."""
    return PrimaryKeyConstraint(*of, "term", "entry_id"), Index(f"ix_{table}_entry_id", "entry_id")
