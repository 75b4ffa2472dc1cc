"""The people who work here, what they sign in with, and what they may do where."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
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
    disabled: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    agent_of: Mapped[str | None] = mapped_column(String(40))
    joined_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer, nullable=False)


class StaffRole(Base):
    """A role of a person in a branch (``group`` for headquarters)."""

    __tablename__ = "staff_role"
    __group_wide__ = "read at sign-in, before there is a branch; every read names the person"
    __table_args__ = (Index("ix_staff_role_branch_id_role", "branch_id", "role"),)

    staff_id: Mapped[str] = mapped_column(String(36), ForeignKey("staff.id"), primary_key=True)
    branch_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    role: Mapped[str] = mapped_column(String(40), primary_key=True)
