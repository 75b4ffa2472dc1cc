"""The only writer of a branch's row: reception's action calls it, and in the other services the projection."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from shared.branches.model import Branch
from shared.branches.queries import forget
from shared.branches.view import BranchView, check


def put(session: Session, view: BranchView, opened_at: datetime) -> None:
    """Insert or change the row of one branch; ``opened_at`` counts for a new one. ValueError for a senseless view."""
    check(view)
    data = view.payload()
    row = session.get(Branch, view.code)
    if row is None:
        row = Branch(code=view.code, opened_at=opened_at)
        session.add(row)
    row.name, row.letter, row.zone, row.version = view.name, view.letter, view.zone, view.version
    row.hours = data["hours"]
    row.closures = {key: data[key] for key in ("public_holidays", "makeup_workdays", "closing_days")}
    session.flush()
    forget(session)
