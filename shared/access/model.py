"""Keys of machines (as hashes), the public keys that tokens are checked with, and the sessions that have ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import Json, MechanismBase


class AccessKey(MechanismBase):
    """A machine's key. The secret itself is shown once, when it is made, and kept nowhere."""

    __tablename__ = "access_key"
    __group_wide__ = "the mechanism's own: a key names its branch, and is looked up before any branch is known"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    hash: Mapped[str] = mapped_column(String(64))
    branch_id: Mapped[str | None] = mapped_column(String(40))
    scopes: Mapped[list[Any]] = mapped_column(Json)
    label: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column()
    revoked_at: Mapped[datetime | None] = mapped_column()
    last_seen_at: Mapped[datetime | None] = mapped_column()


class VerificationKey(MechanismBase):
    """A public key that staff tokens may be signed with, until it is retired."""

    __tablename__ = "verification_key"
    __group_wide__ = "the mechanism's own: public keys are the same for every branch"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    jwk: Mapped[dict[str, Any]] = mapped_column(Json)
    added_at: Mapped[datetime] = mapped_column()
    retired_at: Mapped[datetime | None] = mapped_column()


class EndedSession(MechanismBase):
    """A session whose tokens are refused, however fresh they are. Kept until no token of it can be accepted."""

    __tablename__ = "ended_session"
    __group_wide__ = "the mechanism's own: looked up before any branch is known"
    __table_args__ = (Index("ix_ended_session_ended_at", "ended_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    staff_id: Mapped[str] = mapped_column(String(36))
    ended_at: Mapped[datetime] = mapped_column()
