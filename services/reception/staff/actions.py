"""People joining."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from services.reception.roles import check_given
from services.reception.staff import passwords, queries
from services.reception.staff.events import staff_joined
from services.reception.staff.model import CALL_AGENT, Staff, StaffRole
from shared import branches, clock
from shared.access import action
from shared.db import transaction
from shared.events import GROUP, record
from shared.http.problems import Problem, invalid
from shared.ids import uuid7


@action("staff.join")
def join(label: str, branch: str, roles: Sequence[str], user: str | None = None, password: str | None = None) -> str:
    """A person joins ``branch`` (``group`` for headquarters) in these roles; returns their id.

    With ``user`` and ``password`` they can sign in. Problems: 409 ``user-exists``, 422 ``validation``, 422 ``unknown-
    reference``.
    """
    if not roles:
        raise invalid({"pointer": "/roles", "code": "staff.roles"})
    check_given(roles, branch)
    if (user is None) != (password is None):
        raise invalid({"pointer": "/password", "code": "field.required"})
    if password is not None and not passwords.MIN_LENGTH <= len(password) <= passwords.MAX_LENGTH:
        raise invalid({"pointer": "/password", "code": "staff.password_length"})
    # Hashed before the transaction: it takes as long as many check-ins.
    password_hash = None if password is None else passwords.hashed(password)
    with transaction() as session:
        if branch != GROUP and not branches.known(session, branch):
            raise Problem(422, "unknown-reference", errors=[{"pointer": "/branch", "code": "unknown-reference"}])
        if user is not None and queries.by_user_name(session, user) is not None:
            raise Problem(409, "user-exists")
        member = Staff(
            id=uuid7(), label=label, user_name=user, password_hash=password_hash, disabled=False,
            joined_at=clock.now(), version=1,
        )  # fmt: skip
        session.add(member)
        session.flush()
        session.add_all(StaffRole(staff_id=member.id, branch_id=branch, role=role) for role in sorted(set(roles)))
        session.flush()
        record(session, staff_joined(member, branch, sorted(set(roles))))
        return member.id


@action("staff.join")
def ensure_agent(session: Session, branch: str, label: str) -> str:
    """The id of the person whom the call log of ``branch`` names ``label``; joins them as a call agent when new
    (R3.1).
    """
    known = select(Staff.id).where(Staff.agent_of == branch, Staff.label == label)
    found = session.execute(known).scalar_one_or_none()
    if found is not None:
        return found
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    member = Staff(id=uuid7(), label=label, agent_of=branch, disabled=False, joined_at=clock.now(), version=1)
    values = {name: getattr(member, name) for name in ("id", "label", "agent_of", "disabled", "joined_at", "version")}
    added = insert(Staff).values(values).on_conflict_do_nothing().returning(Staff.id)
    if session.execute(added).first() is None:
        # Another import met the same agent at this moment and has committed.
        return session.execute(known).scalar_one()
    session.add(StaffRole(staff_id=member.id, branch_id=branch, role=CALL_AGENT))
    session.flush()
    record(session, staff_joined(member, branch, [CALL_AGENT]))
    return member.id
