"""Who works where, in which roles."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.reception.staff.model import Staff, StaffRole
from shared.db import current_branch


def by_user_name(session: Session, user: str) -> Staff | None:
    """The member of staff who signs in as ``user``."""
    return session.execute(select(Staff).where(Staff.user_name == user)).scalar_one_or_none()


def roles_by_branch(session: Session, staff_id: str) -> dict[str, frozenset[str]]:
    """The roles of a person per branch (``group`` for headquarters)."""
    found: dict[str, set[str]] = {}
    rows = select(StaffRole.branch_id, StaffRole.role).where(StaffRole.staff_id == staff_id)
    for branch, role in session.execute(rows):
        found.setdefault(branch, set()).add(role)
    return {branch: frozenset(roles) for branch, roles in found.items()}


def works_here(session: Session, staff_id: str) -> bool:
    """Whether ``staff_id`` names somebody who works in the present branch and has not been disabled."""
    return (
        session.execute(
            select(Staff.id)
            .join(StaffRole, StaffRole.staff_id == Staff.id)
            .where(Staff.id == staff_id, StaffRole.branch_id == current_branch(), Staff.disabled.is_(False))
            .limit(1)
        ).first()
        is not None
    )
