"""Kiosks of a branch, the codes they are enrolled with, and who guessed at codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.reception.base import Base
from shared.db import BranchScoped

LABEL_LENGTH = 64


class Kiosk(BranchScoped, Base):
    """A machine at the door. Its key stands, as a hash, with the other machines' keys, under the same id."""

    __tablename__ = "kiosk"
    __table_args__ = (Index("ix_kiosk_branch_id_id", "branch_id", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH), nullable=False)
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, nullable=False)


class KioskCode(BranchScoped, Base):
    """Good for one kiosk, for a few minutes. Only its hash is here: who reads this table enrols nothing."""

    __tablename__ = "kiosk_code"
    __table_args__ = (UniqueConstraint("hash", name="uq_kiosk_code_hash"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), nullable=False)
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH), nullable=False)
    made_by: Mapped[str] = mapped_column(String(80), nullable=False)
    expires_at: Mapped[datetime]
    kiosk_id: Mapped[str | None] = mapped_column(String(36))


class KioskGuess(Base):
    """A wrong code, from where; kept while it counts against that address."""

    __tablename__ = "kiosk_guess"
    __group_wide__ = "who guesses a code belongs to no branch yet"
    __table_args__ = (Index("ix_kiosk_guess_address_guessed_at", "address", "guessed_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    # A hash: where somebody is on the net is nobody's business, only that it is the same place again.
    address: Mapped[str] = mapped_column(String(64), nullable=False)
    guessed_at: Mapped[datetime]
