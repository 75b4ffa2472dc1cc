"""Who works where, in which roles."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select, tuple_
from sqlalchemy.orm import Session

from services.reception.staff.model import Staff, StaffRole, StaffSession
from shared.db import current_branch
from shared.events import GROUP


def by_user_name(session: Session, user: str) -> Staff | None:
    """The member of staff who signs in as ``user``."""
    return session.execute(select(Staff).where(Staff.user_name == user)).scalar_one_or_none()


def by_id(session: Session, staff_id: str) -> Staff | None:
    """The member of staff of that id, wherever they work."""
    return session.get(Staff, staff_id)


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


def labels(session: Session, ids: set[str]) -> dict[str, str]:
    """What people are called, by id."""
    if not ids:
        return {}
    return {each.id: each.label for each in session.execute(select(Staff.id, Staff.label).where(Staff.id.in_(ids)))}


def last_branch(session: Session, staff_id: str) -> str | None:
    """The branch of the person's latest session."""
    return session.scalar(
        select(StaffSession.branch_id)
        .where(StaffSession.staff_id == staff_id)
        .order_by(StaffSession.created_at.desc(), StaffSession.id.desc())
        .limit(1)
    )


def sessions_of(session: Session, staff_id: str) -> list[StaffSession]:
    """The sessions of a person that have not ended, the latest first."""
    return list(
        session.scalars(
            select(StaffSession)
            .where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
            .order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())
            .limit(200)
        )
    )


def one(session: Session, staff_id: str, branch: str) -> Staff | None:
    """A person who works in ``branch``; anybody for the group."""
    wanted = select(Staff).where(Staff.id == staff_id)
    return session.scalars(wanted if branch == GROUP else wanted.where(_belongs_to(branch))).one_or_none()


def page(
    session: Session, branch: str, after: tuple[str, str] | None, limit: int
) -> list[tuple[Staff, dict[str, frozenset[str]]]]:
    """People of ``branch`` (all of them for the group) by label, with their roles per branch."""
    wanted = select(Staff).order_by(Staff.label, Staff.id).limit(limit)
    if branch != GROUP:
        wanted = wanted.where(_belongs_to(branch))
    if after is not None:
        wanted = wanted.where(tuple_(Staff.label, Staff.id) > tuple_(*after))
    people = list(session.scalars(wanted))
    held: dict[str, dict[str, set[str]]] = {}
    rows = select(StaffRole.staff_id, StaffRole.branch_id, StaffRole.role)
    for staff_id, at, role in session.execute(rows.where(StaffRole.staff_id.in_([each.id for each in people]))):
        held.setdefault(staff_id, {}).setdefault(at, set()).add(role)
    return [
        (each, {at: frozenset(roles) for at, roles in sorted(held.get(each.id, {}).items())}) for each in people
    ]


def _belongs_to(branch: str) -> ColumnElement[bool]:
    return exists().where(StaffRole.staff_id == Staff.id, StaffRole.branch_id == branch)


def somebody_is(session: Session, role: str, branch: str) -> bool:
    """Whether anybody who may sign in holds ``role`` in ``branch``."""
    held = select(Staff.id).join(StaffRole, StaffRole.staff_id == Staff.id)
    wanted = held.where(StaffRole.role == role, StaffRole.branch_id == branch, Staff.disabled.is_(False))
    return session.execute(wanted.limit(1)).first() is not None
