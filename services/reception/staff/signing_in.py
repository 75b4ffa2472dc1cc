"""Checking a password. It changes nothing and everybody may try, so it is no action; the token is made by
``shared.access``.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.reception.staff import passwords, queries
from shared.db import every_branch, reader
from shared.http.problems import Problem


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody whose password was right: what their token is to say."""

    staff_id: str
    user: str
    label: str
    branch: str
    roles: frozenset[str]


def sign_in(user: str, password: str, branch: str | None = None) -> SignedIn:
    """Check a password and say for which branch and in which roles the person works; ``branch`` only where they have
    several.

    Problems: 401 ``sign-in-failed``, the same for an unknown name, a wrong password, a disabled person and a branch
    that is not theirs, after the same work; 422 ``branch-required`` when the password was right and several branches
    are possible.
    """
    with every_branch(), reader() as session:
        member = queries.by_user_name(session, user)
        if member is not None and member.disabled:
            member = None
        roles = queries.roles_by_branch(session, member.id) if member else {}
    # Outside the reader: no connection waits while a hash is computed.
    right = passwords.matches(member.password_hash if member else None, password)
    if member is None or not right or not roles or (branch is not None and branch not in roles):
        raise Problem(401, "sign-in-failed")
    if branch is None and len(roles) > 1:
        raise Problem(422, "branch-required", errors=[{"pointer": "/branch", "code": "field.required"}])
    branch = branch or next(iter(roles))
    return SignedIn(member.id, user, member.label, branch, roles[branch])
