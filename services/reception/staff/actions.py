"""People joining, changing, leaving; what they may do where; their passwords."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from services.reception.roles import ROLES, check_given
from services.reception.staff import passwords, queries, sessions
from services.reception.staff.events import staff_access_changed, staff_changed, staff_joined, staff_left
from services.reception.staff.model import CALL_AGENT, Staff, StaffRole
from shared import branches, clock
from shared.access import action, current_actor
from shared.db import reader, transaction
from shared.events import GROUP, record
from shared.http.etags import etag
from shared.http.problems import Problem, invalid
from shared.ids import uuid7

# They open more than one branch, so nobody of a branch gives or takes them.
ROLES_OF_GROUP = frozenset(role.name for role in ROLES.values() if role.group)


@action("staff.read")
def whose() -> str:
    """The branch whose people the actor may see (``group``: those of every branch)."""
    return current_actor().branch or GROUP


@action("staff.join")
def join(
    label: str,
    branch: str | None,
    roles: Sequence[str],
    user: str | None = None,
    password: str | None = None,
    must_change: bool = False,
) -> str:
    """A person joins ``branch`` (``group`` for headquarters; None: the actor's) in these roles; returns their id.

    With ``user`` and ``password`` they can sign in; ``must_change``: and then choose a password of their own.
    Problems: 409 ``user-exists``, 422 ``validation``, 422 ``unknown-reference``.
    """
    branch = _place(branch)
    if not roles:
        raise invalid({"pointer": "/roles", "code": "staff.roles"})
    check_given(roles, branch)
    if (user is None) != (password is None):
        raise invalid({"pointer": "/password", "code": "field.required"})
    if password is not None:
        passwords.check(password, user)
    # Hashed before the transaction: it takes as long as many check-ins.
    password_hash = None if password is None else passwords.hashed(password)
    with transaction() as session:
        if branch != GROUP and not branches.known(session, branch):
            raise Problem(422, "unknown-reference", errors=[{"pointer": "/branch", "code": "unknown-reference"}])
        if user is not None and queries.by_user_name(session, user) is not None:
            raise Problem(409, "user-exists")
        member = Staff(
            id=uuid7(), label=label, user_name=user, password_hash=password_hash, disabled=False,
            must_change=must_change and password is not None, joined_at=clock.now(), left_at=None, version=1,
        )  # fmt: skip
        session.add(member)
        session.flush()
        session.add_all(StaffRole(staff_id=member.id, branch_id=branch, role=role) for role in sorted(set(roles)))
        session.flush()
        record(session, staff_joined(member, branch, sorted(set(roles))))
        return member.id


@action("staff.change")
def change(staff_id: str, seen: int, label: str | None = None, user: str | None = None) -> None:
    """Call somebody by another label or user name. Problems: 404, 412, 409 ``user-exists`` and ``works-elsewhere``."""
    with transaction() as session:
        member = _locked(session, staff_id, seen)
        _check_wholly_ours(session, member)
        if user is not None and user != member.user_name:
            if member.user_name is None:
                raise invalid({"pointer": "/user", "code": "staff.no_account"})
            if queries.by_user_name(session, user) is not None:
                raise Problem(409, "user-exists")
            member.user_name = user
        member.label = label or member.label
        if session.is_modified(member):
            member.version += 1
            session.flush()
            record(session, staff_changed(member, _home(session, member)))


@action("staff.change_access")
def change_roles(staff_id: str, seen: int, roles: Sequence[str], branch: str | None = None) -> None:
    """Give somebody exactly these roles in a branch (default: the actor's); open sessions there get a new id (S21).

    Problems: 404, 412, 422 ``validation``, 409 ``not-yourself``, ``works-elsewhere``.
    """
    branch = _place(branch)
    check_given(roles, branch)
    with transaction() as session:
        member = _locked(session, staff_id, seen)
        _check_other(member)
        if branch != GROUP and not branches.known(session, branch):
            raise Problem(422, "unknown-reference", errors=[{"pointer": "/branch", "code": "unknown-reference"}])
        held = queries.roles_by_branch(session, member.id).get(branch, frozenset())
        if held == frozenset(roles):
            return
        if _of_a_branch() and held & ROLES_OF_GROUP:
            raise Problem(409, "works-elsewhere")
        session.execute(delete(StaffRole).where(StaffRole.staff_id == member.id, StaffRole.branch_id == branch))
        session.add_all(StaffRole(staff_id=member.id, branch_id=branch, role=role) for role in sorted(set(roles)))
        session.flush()
        for row in sessions.open_sessions(session, member.id):
            if row.branch_id == branch and roles:
                sessions.renew(session, row, "roles")
            elif row.branch_id == branch:
                sessions.end(session, row, "access")
        _access_changed(session, member, branch)


@action("staff.change_access")
def disable(staff_id: str, seen: int) -> None:
    """Let somebody in no more: every session of theirs ends, in all services (S23). Problems: 404, 409, 412."""
    _set_disabled(staff_id, seen, True)


@action("staff.change_access")
def enable(staff_id: str, seen: int) -> None:
    """Let somebody in again who has not left. Problems: 404, 409, 412."""
    _set_disabled(staff_id, seen, False)


@action("staff.change_access")
def leave(staff_id: str, seen: int) -> None:
    """Somebody works here no longer. Problems: 404, 409, 412."""
    with transaction() as session:
        member = _locked(session, staff_id, seen)
        _check_other(member)
        _check_wholly_ours(session, member)
        if member.left_at is None:
            member.left_at, member.disabled, member.version = clock.now(), True, member.version + 1
            session.flush()
            sessions.end_all(session, member.id, "left")
            record(session, staff_left(member, _home(session, member), member.left_at))


@action("staff.change_access")
def set_password(staff_id: str, seen: int, password: str) -> None:
    """Give somebody a password that they replace at their next sign-in; their sessions end.

    Problems: 404, 409, 412, 422 ``validation``.
    """
    with reader() as session:
        member = session.get(Staff, staff_id)
    passwords.check(password, member.user_name if member else None)
    password_hash = passwords.hashed(password)
    with transaction() as session:
        member = _locked(session, staff_id, seen)
        _check_other(member)
        _check_wholly_ours(session, member)
        if member.user_name is None:
            raise invalid({"pointer": "/password", "code": "staff.no_account"})
        member.password_hash, member.must_change, member.version = password_hash, True, member.version + 1
        sessions.end_all(session, member.id, "password")


def _place(branch: str | None) -> str:
    """The branch that is meant: a person of a branch means it and may not name another one (S03, S04)."""
    own = current_actor().branch
    if own is None or own == GROUP:
        return branch or GROUP
    if branch is not None and branch != own:
        raise Problem(422, "unknown-reference", errors=[{"pointer": "/branch", "code": "unknown-reference"}])
    return own


def _of_a_branch() -> bool:
    return current_actor().branch not in (None, GROUP)


def _locked(session: Session, staff_id: str, seen: int) -> Staff:
    """The person's row, locked; 404 for one of another branch, 412 when it has changed since it was seen."""
    branch = current_actor().branch or GROUP
    found = queries.one(session, staff_id, branch)
    if found is not None:
        found = session.get(Staff, staff_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Problem(404, "not-found")
    if found.version != seen:
        raise Problem(412, "precondition-failed", headers={"ETag": etag(found.version)})
    return found


def _check_other(member: Staff) -> None:
    if current_actor().id == member.id:
        raise Problem(409, "not-yourself")


def _check_wholly_ours(session: Session, member: Staff) -> None:
    """Who also works elsewhere, or for the group, is not one branch's to change."""
    if _of_a_branch():
        held = queries.roles_by_branch(session, member.id)
        if set(held) != {current_actor().branch} or frozenset().union(*held.values()) & ROLES_OF_GROUP:
            raise Problem(409, "works-elsewhere")


def _set_disabled(staff_id: str, seen: int, disabled: bool) -> None:
    with transaction() as session:
        member = _locked(session, staff_id, seen)
        _check_other(member)
        _check_wholly_ours(session, member)
        if member.left_at is not None:
            raise Problem(409, "conflict")
        if member.disabled is not disabled:
            member.disabled = disabled
            if disabled:
                sessions.end_all(session, member.id, "disabled")
            _access_changed(session, member, _home(session, member))


def _access_changed(session: Session, member: Staff, branch: str) -> None:
    member.version += 1
    session.flush()
    record(session, staff_access_changed(member, branch, queries.roles_by_branch(session, member.id)))


def _home(session: Session, member: Staff) -> str:
    """The branch that a fact about the person belongs to: the actor's, or the person's first one."""
    own = current_actor().branch
    if own is not None:
        return own
    return min(queries.roles_by_branch(session, member.id), default=member.agent_of or GROUP)


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
    member = Staff(
        id=uuid7(), label=label, agent_of=branch, disabled=False, must_change=False, joined_at=clock.now(), version=1
    )  # fmt: skip
    told = ("id", "label", "agent_of", "disabled", "must_change", "joined_at", "version")
    values = {name: getattr(member, name) for name in told}
    added = insert(Staff).values(values).on_conflict_do_nothing().returning(Staff.id)
    if session.execute(added).first() is None:
        # Another import met the same agent at this moment and has committed.
        return session.execute(known).scalar_one()
    session.add(StaffRole(staff_id=member.id, branch_id=branch, role=CALL_AGENT))
    session.flush()
    record(session, staff_joined(member, branch, [CALL_AGENT]))
    return member.id
