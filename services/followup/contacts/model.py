"""Copies of what reception knows of people and cars. Written by the projection alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from services.followup.base import Base
from shared.db import Json


class Contact(Base):
    """A customer. ``forgotten``: erased, and no later fact about them fills the row again."""

    __tablename__ = "contact"
    __group_wide__ = "customers are identities of the group; what was done for them belongs to a branch"

    customer_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str | None] = mapped_column(String(200))
    phones: Mapped[Any] = mapped_column(Json, nullable=False)
    language: Mapped[str | None] = mapped_column(String(20))
    forgotten: Mapped[bool] = mapped_column(Boolean, nullable=False)
    version: Mapped[int] = mapped_column(Integer, nullable=False)


class ContactVehicle(Base):
    """A car, and whose it is."""

    __tablename__ = "contact_vehicle"
    __group_wide__ = "vehicles are identities of the group"
    __table_args__ = (Index("ix_contact_vehicle_customer_id", "customer_id"),)

    vehicle_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    plate: Mapped[str | None] = mapped_column(String(40))
    plate_kind: Mapped[str | None] = mapped_column(String(20))
    customer_id: Mapped[str | None] = mapped_column(String(64))
    forgotten: Mapped[bool] = mapped_column(Boolean, nullable=False)
    version: Mapped[int] = mapped_column(Integer, nullable=False)


class StaffLabel(Base):
    """What a colleague is called; it stays when they have left, because old calls name them."""

    __tablename__ = "staff_label"
    __group_wide__ = "staff are identities of the group: a person may change branch, old calls keep the id"

    staff_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    label: Mapped[str] = mapped_column(String(120), nullable=False)
