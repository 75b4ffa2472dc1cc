"""Reads of the branches. One changes a few times a year and is asked for at every check-in, so it is remembered."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import clock
from shared.branches.model import Branch
from shared.branches.view import BranchView, from_payload
from shared.db import after_commit
from shared.db.units import unit_of

_REMEMBER_SECONDS = 3.0
_CHANGED = "branches_changed"


class UnknownBranch(LookupError):
    """No branch has this code."""


def get(session: Session, code: str) -> BranchView:
    """The branch ``code``; UnknownBranch. Up to 3 s old when another process has just changed it."""
    memory = unit_of(session).database.memory
    if _CHANGED not in session.info:
        until, view = memory.get(("branch", code), (0.0, None))
        if view is not None and clock.monotonic() < until:
            return view
    row = session.execute(select(Branch).where(Branch.code == code)).scalar_one_or_none()
    if row is None:
        raise UnknownBranch(code)
    view = as_view(row)
    if _CHANGED not in session.info:
        memory["branch", code] = (clock.monotonic() + _REMEMBER_SECONDS, view)
    return view


def known(session: Session, code: str) -> bool:
    """Whether there is a branch ``code``."""
    try:
        get(session, code)
    except UnknownBranch:
        return False
    return True


def all_codes(session: Session) -> list[str]:
    """The codes of all branches, in order."""
    return list(session.scalars(select(Branch.code).order_by(Branch.code)))


def forget(session: Session) -> None:
    """Who writes branches says so: this transaction reads the table from now on, the others after its commit."""
    memory = unit_of(session).database.memory

    def drop() -> None:
        for key in [key for key in memory if isinstance(key, tuple) and key[0] == "branch"]:
            memory.pop(key, None)

    if _CHANGED not in session.info:
        session.info[_CHANGED] = True
        after_commit(session, drop)


def as_view(row: Branch) -> BranchView:
    """The row as readers get it."""
    fields = {"code": row.code, "name": row.name, "letter": row.letter, "zone": row.zone, "hours": row.hours}
    return from_payload({**fields, **row.closures}, row.version)
