"""The people who work here, what they sign in with, and what they may do where."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from services.reception.base import Base

CALL_AGENT = "call_agent"


class Staff(Base):
    """A member of staff. Without ``user`` they cannot sign in: an agent of a call centre, for example.

    ``agent_of`` is the branch in whose call log ``label`` names this person.
    """

    __tablename__ = "staff"
    __group_wide__ = "a person may work in several branches and signs in once"
    __table_args__ = (
        UniqueConstraint("user_name", name="uq_staff_user_name"),
        UniqueConstraint("agent_of", "label", name="uq_staff_agent_of_label"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    label: Mapped[str] = mapped_column(String(64), nullable=False)
    user_name: Mapped[str | None] = mapped_column(String(64))
    password_hash: Mapped[str | None] = mapped_column(String(160))
    # Somebody else chose it: the first sign-in chooses another.
    must_change: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False, server_default=false())
    disabled: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    agent_of: Mapped[str | None] = mapped_column(String(40))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, nullable=False)


class StaffRole(Base):
    """A role of a person in a branch (``group`` for headquarters)."""

    __tablename__ = "staff_role"
    __group_wide__ = "read at sign-in, before there is a branch; every read names the person"
    __table_args__ = (Index("ix_staff_role_branch_id_role", "branch_id", "role"),)

    staff_id: Mapped[str] = mapped_column(String(36), ForeignKey("staff.id"), primary_key=True)
    branch_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    role: Mapped[str] = mapped_column(String(40), primary_key=True)


class StaffSession(Base):
    """Somebody signed in, on one device, for one branch. Its id stands in every token as ``sid``.

    What a client keeps to get the next token is ``<family>.<secret>``; only hashes of both are here. ``salt`` leads
    from one secret to the next, so that the same answer can be given twice (see ``sessions``).
    """

    __tablename__ = "staff_session"
    __group_wide__ = "a person may work in several branches; every read names the person or the secret"
    __table_args__ = (
        UniqueConstraint("family_hash", name="uq_staff_session_family_hash"),
        Index("ix_staff_session_staff_id", "staff_id"),
        Index("ix_staff_session_seen_at", "seen_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    staff_id: Mapped[str] = mapped_column(String(36), ForeignKey("staff.id"), nullable=False)
    branch_id: Mapped[str] = mapped_column(String(40), nullable=False)
    # NULL once it has ended: the secret may then belong to the session that followed.
    family_hash: Mapped[str | None] = mapped_column(String(64))
    secret_hash: Mapped[str] = mapped_column(String(64), nullable=False)
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(64), nullable=False)
    csrf: Mapped[str] = mapped_column(String(64), nullable=False)
    device: Mapped[str] = mapped_column(String(64), nullable=False)
    agent: Mapped[str] = mapped_column(String(40), nullable=False)
    created_at: Mapped[datetime]
    # When the secret was last exchanged.
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None] = mapped_column(String(20))


class SignInCount(Base):
    """Tries of one account, address or device within one window; ``bucket`` is a hash, so that it names nobody."""

    __tablename__ = "sign_in_count"
    __group_wide__ = "counted before anybody is known"
    __table_args__ = (Index("ix_sign_in_count_since", "since"),)

    bucket: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int] = mapped_column(Integer, nullable=False)
    since: Mapped[datetime]


class StaffDevice(Base):
    """A browser from which somebody has signed in before, known by the hash of its cookie."""

    __tablename__ = "staff_device"
    __group_wide__ = "read at sign-in, before there is a branch; every read names the person and the device"

    staff_id: Mapped[str] = mapped_column(String(36), ForeignKey("staff.id"), primary_key=True)
    device_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_at: Mapped[datetime]
