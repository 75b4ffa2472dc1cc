"""A visit as reception last told it. Written by the projection alone."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from services.appointments.base import Base
from shared.db import BranchScoped


class Arrival(BranchScoped, Base):
    """Somebody who came to the branch. ``in_house``: has neither been served to the end nor left."""

    __tablename__ = "arrival"
    __table_args__ = (Index("ix_arrival_branch_id", "branch_id", "in_house", "checked_in_at", "visit_id"),)

    visit_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    ticket: Mapped[str] = mapped_column(String(12), nullable=False)
    purpose: Mapped[str] = mapped_column(String(40), nullable=False)
    status: Mapped[str] = mapped_column(String(20), nullable=False)
    in_house: Mapped[bool] = mapped_column(Boolean, nullable=False)
    party_size: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    customer_id: Mapped[str | None] = mapped_column(String(64))
    vehicle_id: Mapped[str | None] = mapped_column(String(64))
    local_date: Mapped[date] = mapped_column(Date, nullable=False)
    checked_in_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    greeted_at: Mapped[datetime | None]
    serving_started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    served_by: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer, nullable=False)
