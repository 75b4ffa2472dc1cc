"""Who the group knows: people, their phones, their cars, and what they agreed to.

Identity belongs to the group (a person known in one branch is the same person in the next); what happened with them
belongs to a branch and stands in the tables of visits, calls and so on, which carry ids only.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.reception.base import Base
from shared.db import BranchScoped, Json
from shared.search import TermColumns, term_keys

PURPOSES = ("reminders", "survey", "marketing", "share_group", "share_manufacturer")


class Customer(Base):
    """A person. After erasure the row stays, empty, so that visits keep something to point at."""

    __tablename__ = "customer"
    __group_wide__ = "identity is the group's: one person, whichever branch they come to"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str | None] = mapped_column(String(64))
    language: Mapped[str | None] = mapped_column(String(20))
    first_branch: Mapped[str] = mapped_column(String(40), nullable=False)
    registered_at: Mapped[datetime]
    forgotten_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, nullable=False)


class CustomerPhone(Base):
    """A phone of a person. Several people may have the same one; ``finds`` marks whose it is when somebody types it
    in.
    """

    __tablename__ = "customer_phone"
    __group_wide__ = "identity is the group's"
    __table_args__ = (
        # Also the lock between two branches that register the same new phone at the same moment.
        Index(
            "uq_customer_phone_number_finds", "number", unique=True,
            postgresql_where=text("finds"), sqlite_where=text("finds"),
        ),
    )

    customer_id: Mapped[str] = mapped_column(String(36), ForeignKey("customer.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(16), primary_key=True)
    mobile: Mapped[bool] = mapped_column(Boolean, nullable=False)
    finds: Mapped[bool] = mapped_column(Boolean, nullable=False)


class Vehicle(Base):
    """A car, found by its whole plate."""

    __tablename__ = "vehicle"
    __group_wide__ = "identity is the group's"
    __table_args__ = (UniqueConstraint("plate", name="uq_vehicle_plate"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    plate: Mapped[str | None] = mapped_column(String(15))
    plate_kind: Mapped[str] = mapped_column(String(20), nullable=False)
    registered_at: Mapped[datetime]
    forgotten_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, nullable=False)


class Ownership(Base):
    """Whose car it is, from when to when; one keeper at a time."""

    __tablename__ = "ownership"
    __group_wide__ = "identity is the group's"
    __table_args__ = (
        Index(
            "uq_ownership_vehicle_id_current", "vehicle_id", unique=True,
            postgresql_where=text("until IS NULL"), sqlite_where=text("until IS NULL"),
        ),
        Index("ix_ownership_customer_id", "customer_id"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    vehicle_id: Mapped[str] = mapped_column(String(36), ForeignKey("vehicle.id"), nullable=False)
    customer_id: Mapped[str] = mapped_column(String(36), ForeignKey("customer.id"), nullable=False)
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class Consent(Base):
    """The notice a person was shown and what they agreed to. An empty list is an answer too: being received needs
    none.
    """

    __tablename__ = "consent"
    __group_wide__ = "a consent names the branch it was given to, or the group, and is looked up by the person"
    __table_args__ = (Index("ix_consent_customer_id_branch_id", "customer_id", "branch_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    customer_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("customer.id"))
    branch_id: Mapped[str] = mapped_column(String(40), nullable=False)
    version: Mapped[str] = mapped_column(String(40), nullable=False)
    purposes: Mapped[list[str]] = mapped_column(Json, nullable=False)
    device: Mapped[str] = mapped_column(String(80), nullable=False)
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Acquaintance(BranchScoped, Base):
    """A person whom a branch knows because they came: from then on its people find them by a part of the name.

    Everybody else is found by a whole phone or plate only, and shown less of (see searching.py).
    """

    __tablename__ = "acquaintance"
    __table_args__ = (
        PrimaryKeyConstraint("branch_id", "customer_id"),
        Index("ix_acquaintance_customer_id", "customer_id"),
    )

    # Not a foreign key: the row of a person is never deleted, and each key would lock it at the first visit.
    customer_id: Mapped[str] = mapped_column(String(36), nullable=False)
    since: Mapped[datetime]


class CustomerTerm(BranchScoped, TermColumns, Base):
    """By what the people of one branch find whom they know. Follows from the tables above and can be made anew."""

    __tablename__ = "customer_term"
    __table_args__ = term_keys("customer_term", "branch_id")
