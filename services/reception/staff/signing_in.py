"""Checking a password and beginning a session. Everybody may try, so it is no action."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.reception.staff import attempts, passwords, queries, sessions
from services.reception.staff.model import Staff, StaffDevice
from services.reception.staff.sessions import SignedIn
from shared import clock
from shared.db import every_branch, reader, transaction
from shared.http.problems import Problem


@dataclass(frozen=True, slots=True)
class Client:
    """Where somebody signs in: network address, the secret of the device's cookie, and what to call it in a list."""

    address: str = ""
    device_secret: str | None = None
    device: str = ""
    agent: str = ""


def sign_in(
    user: str,
    password: str,
    branch: str | None = None,
    client: Client | None = None,
    *,
    new_password: str | None = None,
    any_branch: bool = False,
) -> SignedIn:
    """Check a password and begin a session; ``branch`` only where somebody works in several.

    ``new_password`` replaces one that somebody else has set. ``any_branch``: of several, the one they were in last.
    Problems: 401 ``sign-in-failed``, the same for an unknown name, a wrong password, a disabled person and a branch
    that is not theirs, after the same work (S19); 422 ``branch-required`` when the password was right and several
    branches are possible; 403 ``password-change-required``; 429 ``too-many-requests`` (S18).
    """
    client = client or Client()
    device_hash = hash_of_device(client.device_secret) if client.device_secret else None
    with every_branch(), reader() as session:
        member = queries.by_user_name(session, user)
        if member is not None and member.disabled:
            member = None
        roles = queries.roles_by_branch(session, member.id) if member else {}
        known = member is not None and device_hash is not None and _known(session, member.id, device_hash)
    counted = attempts.counts(user, client.address, device_hash if known else None)
    attempts.take(counted)
    # Outside the reader: no connection waits while a hash is computed.
    right = passwords.matches(member.password_hash if member else None, password)
    if member is None or not right or not roles or (branch is not None and branch not in roles):
        raise Problem(401, "sign-in-failed")
    new_hash = None
    try:
        if member.must_change:
            new_hash = _chosen(user, password, new_password)
        if branch is None:
            branch = _branch(member.id, roles, any_branch)
    except Problem:
        with every_branch(), transaction() as session:
            attempts.give_back(session, counted)
        raise
    with every_branch(), transaction() as session:
        # Read again: somebody may have been disabled, or lost a role, while the hash was computed.
        member = session.get(Staff, member.id, with_for_update=True, populate_existing=True)
        held = queries.roles_by_branch(session, member.id).get(branch) if member else None
        if member is None or member.disabled or not held:
            raise Problem(401, "sign-in-failed")
        if new_hash is not None:
            member.password_hash, member.must_change, member.version = new_hash, False, member.version + 1
        attempts.give_back(session, counted)
        if device_hash is not None:
            _remember(session, member.id, device_hash)
        return sessions.begin(session, member, branch, held, client.device, client.agent)


def hash_of_device(secret: str) -> str:
    """What is kept of a device's cookie."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _chosen(user: str, password: str, new_password: str | None) -> str:
    if new_password is None:
        raise Problem(403, "password-change-required")
    passwords.check(new_password, user, pointer="/new_password", before=password)
    return passwords.hashed(new_password)


def _branch(staff_id: str, roles: dict[str, frozenset[str]], any_branch: bool) -> str:
    if len(roles) > 1 and not any_branch:
        raise Problem(422, "branch-required", errors=[{"pointer": "/branch", "code": "field.required"}])
    with every_branch(), reader() as session:
        last = queries.last_branch(session, staff_id)
    return last if last in roles else min(roles)


def _known(session: Session, staff_id: str, device_hash: str) -> bool:
    return session.get(StaffDevice, (staff_id, device_hash)) is not None


def _remember(session: Session, staff_id: str, device_hash: str) -> None:
    row = session.scalar(
        select(StaffDevice).where(StaffDevice.staff_id == staff_id, StaffDevice.device_hash == device_hash)
    )
    if row is None:
        session.add(StaffDevice(staff_id=staff_id, device_hash=device_hash, seen_at=clock.now()))
    else:
        row.seen_at = clock.now()
