"""A repair order, its number and the times that were promised for it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.appointments.base import Base
from services.appointments.repair_orders import stages
from shared.db import BranchScoped
from shared.http.problems import Problem, invalid

REASONS = (
    "opening", "estimate", "parts", "additional_work", "approval", "technician", "rework", "customer_asked", "other",
)  # fmt: skip
"""Why a time was promised or moved: codes of the contract, in words on the pages."""

MADE, SLIPPED = "made", "slipped"


class RepairOrder(BranchScoped, Base):
    """One order for one car, opened for a visit. ``number`` has no hole per branch and year of opening."""

    __tablename__ = "repair_order"
    __table_args__ = (
        UniqueConstraint("branch_id", "year", "serial", name="uq_repair_order_branch_id_year_serial"),
        UniqueConstraint("visit_id", name="uq_repair_order_visit_id"),
        Index("ix_repair_order_branch_id_status", "branch_id", "status", "id"),
        Index("ix_repair_order_customer_id", "customer_id", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, nullable=False)
    serial: Mapped[int] = mapped_column(Integer, nullable=False)
    number: Mapped[str] = mapped_column(String(20), nullable=False)
    visit_id: Mapped[str | None] = mapped_column(String(64))
    customer_id: Mapped[str | None] = mapped_column(String(64))
    vehicle_id: Mapped[str | None] = mapped_column(String(64))
    advisor_id: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20), nullable=False)
    opened_at: Mapped[datetime]
    checked_in_at: Mapped[datetime | None]
    work_started_at: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]
    local_date: Mapped[date] = mapped_column(Date, nullable=False)
    first_promised_at: Mapped[datetime | None]
    promised_at: Mapped[datetime | None]
    on_time: Mapped[bool | None] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(Integer, nullable=False)

    def check_in(self, at: datetime, day: date, skipped: tuple[str, ...]) -> None:
        """The car is taken over. Problem 409 ``repair_order.state`` out of turn (so for all of these)."""
        self._move(stages.CHECKED_IN, day, skipped)
        self.checked_in_at = at

    def start_work(self, at: datetime, day: date, skipped: tuple[str, ...]) -> None:
        """Work begins, or goes on after a wait; the first beginning is the one that is kept."""
        self._move(stages.IN_WORK, day, skipped)
        self.work_started_at = self.work_started_at or at

    def finish(self, at: datetime, day: date, skipped: tuple[str, ...]) -> None:
        """The car is ready to be fetched."""
        self._move(stages.READY, day, skipped)
        self.ready_at = at

    def hand_over(self, at: datetime, day: date, skipped: tuple[str, ...]) -> None:
        """The customer has the car back; on time when the **first** promise was kept, unknown without one."""
        self._move(stages.HANDED_OVER, day, skipped)
        self.handed_over_at = at
        self.on_time = None if self.first_promised_at is None else at <= self.first_promised_at

    def promise(self, promised_at: datetime) -> tuple[str, datetime | None]:
        """Promise a time of completion; says whether it was ``made`` or ``slipped``, and the time promised before.

        A later time than the one before is a slip; an earlier one is a new promise. The first one stays what
        on-time is measured by.
        """
        if self.status in stages.ENDED:
            raise Problem(409, "repair_order.state")
        before = self.promised_at
        if promised_at == before:
            raise invalid(("/promised_at", "promise.unchanged"))
        self.promised_at = promised_at
        self.first_promised_at = self.first_promised_at or promised_at
        self.version += 1
        return (SLIPPED if before is not None and promised_at > before else MADE), before

    def _move(self, then: str, day: date, skipped: tuple[str, ...]) -> None:
        if not stages.may_follow(self.status, then, skipped):
            raise Problem(409, "repair_order.state")
        self.status = then
        self.local_date = day
        self.version += 1


class RepairOrderNumber(BranchScoped, Base):
    """The last serial given per branch and year. Its row lock makes numbers dense: a rollback gives the number back."""

    __tablename__ = "repair_order_number"

    branch_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last_serial: Mapped[int] = mapped_column(Integer, nullable=False)


class Promise(BranchScoped, Base):
    """One line of the ledger: every promised time with its reason and what was promised before. Never changed."""

    __tablename__ = "promise"
    __table_args__ = (
        UniqueConstraint("repair_order_id", "number", name="uq_promise_repair_order_id_number"),
        Index("ix_promise_branch_id", "branch_id", "promised_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    repair_order_id: Mapped[str] = mapped_column(String(36), ForeignKey("repair_order.id"), nullable=False)
    number: Mapped[int] = mapped_column(Integer, nullable=False)
    kind: Mapped[str] = mapped_column(String(10), nullable=False)
    promised_at: Mapped[datetime]
    previous_promised_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(40), nullable=False)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(80), nullable=False)
