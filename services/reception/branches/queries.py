"""Reading the branches for a list."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.access import action
from shared.branches import BranchView
from shared.branches.model import Branch
from shared.branches.queries import as_view


@action("branches.read")
def page(session: Session, after: str | None, limit: int, only: str | None = None) -> list[BranchView]:
    """At most ``limit`` branches by code, behind ``after``; only one of them where ``only`` names it."""
    wanted = select(Branch).order_by(Branch.code).limit(limit)
    if after is not None:
        wanted = wanted.where(Branch.code > after)
    if only is not None:
        wanted = wanted.where(Branch.code == only)
    return [as_view(row) for row in session.scalars(wanted)]
