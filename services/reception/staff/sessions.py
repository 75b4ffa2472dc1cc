"""Sessions: begun at sign-in, refreshed by a secret that changes each time, ended by people or by rules.

The secret is ``<family>.<current>``. The family stays the same for one sign-in; the current part is exchanged at every
refresh. Who comes with the right family and an old current part has a copy of something that was used already: either
he or the other one is a thief, so the session ends (S23).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.reception.staff import queries
from services.reception.staff.model import Staff, StaffSession
from services.reception.staff.settings import SESSION_IDLE, SESSION_MOST
from shared import clock, settings
from shared.access import signing
from shared.access.ended import EndedSessions, put_ended, session_ended
from shared.db import after_commit, every_branch, transaction
from shared.events import record
from shared.ids import uuid7
from shared.runtime import runtime

# Two tabs, or a client whose answer got lost, may come twice with the same secret and get the same next one.
TWICE_WITHIN = timedelta(seconds=30)
KEPT = timedelta(days=30)
_PART = 32


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody with a session: what the next token says, and the secret to get the one after it."""

    staff_id: str
    user: str
    label: str
    branch: str
    roles: frozenset[str]
    session_id: str
    csrf: str
    refresh: str | None = None

    def token(self) -> str:
        """A token for all services."""
        return signing.issue(
            self.staff_id, self.label, self.branch, sorted(self.roles), session_id=self.session_id, csrf=self.csrf
        )


def begin(session: Session, member: Staff, branch: str, roles: frozenset[str], device: str, agent: str) -> SignedIn:
    """A new session with ids and secrets that nobody has seen before (S21)."""
    family, current, now = secrets.token_urlsafe(24), secrets.token_urlsafe(24), clock.now()
    row = StaffSession(
        id=uuid7(), staff_id=member.id, branch_id=branch, family_hash=_hash(family), secret_hash=_hash(current),
        previous_hash=None, salt=secrets.token_urlsafe(24), csrf=secrets.token_urlsafe(24), device=device, agent=agent,
        created_at=now, seen_at=now, ended_at=None, ended_why=None,
    )  # fmt: skip
    session.execute(delete(StaffSession).where(StaffSession.seen_at < now - KEPT))
    session.add(row)
    session.flush()
    return _signed_in(member, row, roles, f"{family}.{current}")


def refresh(secret: str) -> SignedIn | None:
    """Exchange the secret of a session; None, and nothing more said, when it is no session's or the session is over."""
    family, _, current = secret.partition(".")
    if len(family) != _PART or len(current) != _PART or not secret.isascii():
        return None
    with every_branch(), transaction() as session:
        found = select(StaffSession).where(StaffSession.family_hash == _hash(family)).with_for_update()
        row = session.execute(found).scalar_one_or_none()
        member = session.get(Staff, row.staff_id) if row is not None else None
        if row is None or member is None:
            return None
        roles = queries.roles_by_branch(session, member.id).get(row.branch_id)
        if _too_old(session, row):
            end(session, row, "expired")
            return None
        if member.disabled or not roles:
            end(session, row, "access")
            return None
        following = _exchange(row, current)
        if following is None:
            end(session, row, "reused")
            return None
        session.flush()
        return _signed_in(member, row, roles, f"{family}.{following}")


def end(session: Session, row: StaffSession, why: str) -> None:
    """End a session and tell every service."""
    now = clock.now()
    row.ended_at, row.ended_why, row.family_hash = now, why, None
    session.flush()
    put_ended(session, row.id, row.staff_id, now)
    record(session, session_ended(row.id, row.staff_id, now))
    after_commit(session, EndedSessions.of(runtime().database).forget)


def end_all(session: Session, staff_id: str, why: str, *, but: str | None = None) -> None:
    """End every session of a person, but one."""
    for row in open_sessions(session, staff_id):
        if row.id != but:
            end(session, row, why)


def renew(session: Session, row: StaffSession, why: str, branch: str | None = None) -> StaffSession:
    """The same sign-in under a new id: tokens of the old one are refused, its secret gets the next token (S21)."""
    now, family = clock.now(), row.family_hash
    following = StaffSession(
        id=uuid7(), staff_id=row.staff_id, branch_id=branch or row.branch_id, family_hash=family,
        secret_hash=row.secret_hash, previous_hash=row.previous_hash, salt=row.salt, csrf=row.csrf, device=row.device,
        agent=row.agent, created_at=row.created_at, seen_at=now, ended_at=None, ended_why=None,
    )  # fmt: skip
    end(session, row, why)
    session.add(following)
    session.flush()
    return following


def open_sessions(session: Session, staff_id: str) -> list[StaffSession]:
    """The sessions of a person that have not ended, the latest first, locked."""
    return list(
        session.scalars(
            select(StaffSession)
            .where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
            .order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())
            .with_for_update()
        )
    )


def end_own(staff_id: str, session_id: str, why: str = "signed_out") -> bool:
    """Somebody ends a session of his own; False when it is none of his, or over."""
    with every_branch(), transaction() as session:
        for row in open_sessions(session, staff_id):
            if row.id == session_id:
                end(session, row, why)
                return True
    return False


def switch_branch(staff_id: str, session_id: str, branch: str) -> SignedIn | None:
    """Go on in another branch of the same person's, under a new session id; None when it is not theirs."""
    with every_branch(), transaction() as session:
        row = next((each for each in open_sessions(session, staff_id) if each.id == session_id), None)
        member, roles = session.get(Staff, staff_id), queries.roles_by_branch(session, staff_id).get(branch)
        if row is None or member is None or member.disabled or not roles:
            return None
        return _signed_in(member, renew(session, row, "switched", branch), roles, None)


def _exchange(row: StaffSession, current: str) -> str | None:
    now, given = clock.now(), _hash(current)
    if hmac.compare_digest(given, row.secret_hash):
        row.salt, row.previous_hash, row.seen_at = secrets.token_urlsafe(24), given, now
        following = _after(current, row.salt)
        row.secret_hash = _hash(following)
        return following
    again = row.previous_hash is not None and hmac.compare_digest(given, row.previous_hash)
    return _after(current, row.salt) if again and now - row.seen_at <= TWICE_WITHIN else None


def _too_old(session: Session, row: StaffSession) -> bool:
    now = clock.now()
    idle, most = (timedelta(minutes=settings.value(session, each)) for each in (SESSION_IDLE, SESSION_MOST))
    return now - row.seen_at > idle or now - row.created_at > most


def _signed_in(member: Staff, row: StaffSession, roles: frozenset[str], secret: str | None) -> SignedIn:
    return SignedIn(
        member.id, member.user_name or "", member.label, row.branch_id, roles, row.id, row.csrf, refresh=secret
    )


def _hash(secret: str) -> str:
    # A plain hash is enough: the secrets are random, nobody can guess them from a list.
    return hashlib.sha256(secret.encode("ascii")).hexdigest()


def _after(current: str, salt: str) -> str:
    """The secret that follows: the same for the same two, and out of reach with only one of them."""
    return urlsafe_b64encode(hmac.digest(salt.encode(), current.encode(), "sha256")).decode("ascii")[:_PART]
