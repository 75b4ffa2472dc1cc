"""Changing one's own password: whoever is signed in may, knowing the present one. It needs no right, so it is no
action.
"""

from __future__ import annotations

from services.reception.staff import attempts, passwords, sessions
from services.reception.staff.model import Staff
from shared.access import current_actor
from shared.db import every_branch, reader, transaction
from shared.http.problems import Problem, invalid


def change_own_password(password: str, new_password: str, address: str = "") -> None:
    """Replace the password of who is signed in here; their other sessions end.

    Problems: 422 ``validation``; 429 ``too-many-requests``, as at sign-in: a stolen session must not guess here.
    """
    actor = current_actor()
    with every_branch(), reader() as session:
        member = session.get(Staff, actor.id)
    if member is None or member.user_name is None:
        raise Problem(403, "forbidden")
    counted = attempts.counts(member.user_name, address, f"session {actor.session}")
    attempts.take(counted)
    if not passwords.matches(member.password_hash, password):
        raise invalid({"pointer": "/password", "code": "staff.password_wrong"})
    passwords.check(new_password, member.user_name, pointer="/new_password", before=password)
    password_hash = passwords.hashed(new_password)
    with every_branch(), transaction() as session:
        member = session.get(Staff, actor.id, with_for_update=True, populate_existing=True)
        if member is None or member.disabled:
            raise Problem(403, "forbidden")
        member.password_hash, member.must_change, member.version = password_hash, False, member.version + 1
        attempts.give_back(session, counted)
        sessions.end_all(session, actor.id, "password", but=actor.session)
