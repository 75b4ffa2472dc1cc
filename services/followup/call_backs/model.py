"""A call-back with its tries, and the record that closes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.followup.base import Base
from services.followup.call_backs.due import Due
from shared.db import BranchScoped, Json
from shared.http.problems import Problem

THREE_DAY = "three_day"
OPEN, CLOSED = "open", "closed"
REACHED, NOT_REACHED, FORGOTTEN = "reached", "not_reached", "forgotten"


class FollowUp(BranchScoped, Base):
    """One call to be made because a car was handed over; one per repair order."""

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("repair_order_id", name="uq_follow_up_repair_order_id"),
        Index("ix_follow_up_branch_id", "branch_id", "status", "due_at", "id"),
        Index("ix_follow_up_customer_id", "customer_id"),
        Index("ix_follow_up_branch_id_closed_at", "branch_id", "closed_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), nullable=False)
    status: Mapped[str] = mapped_column(String(10), nullable=False)
    repair_order_id: Mapped[str] = mapped_column(String(64), nullable=False)
    customer_id: Mapped[str | None] = mapped_column(String(64))
    vehicle_id: Mapped[str | None] = mapped_column(String(64))
    # What is said of the work when somebody calls: its number, when the car came, and whether it was ready as promised.
    order_number: Mapped[str | None] = mapped_column(String(40))
    opened_at: Mapped[datetime | None]
    ready_as_promised: Mapped[bool | None] = mapped_column(Boolean)
    handed_over_at: Mapped[datetime]
    due_at: Mapped[datetime]
    due_date: Mapped[date] = mapped_column(Date, nullable=False)
    rule: Mapped[str] = mapped_column(String(20), nullable=False)
    exception: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(Integer, nullable=False)
    first_attempt_at: Mapped[datetime | None]
    last_outcome: Mapped[str | None] = mapped_column(String(60))
    reached_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(60))
    next_step: Mapped[str | None] = mapped_column(String(60))
    closed_at: Mapped[datetime | None]
    on_time: Mapped[bool | None] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(Integer, nullable=False)

    def expect_open(self) -> None:
        """Problem 409 ``call_back.closed`` once it is closed."""
        if self.status != OPEN:
            raise Problem(409, "call_back.closed")

    def place(self, due: Due, day: date) -> bool:
        """Set when it is due (``day``: the branch's local day of that instant); False when that changes nothing."""
        if (self.due_at, self.rule, self.exception) == (due.at, due.rule, due.exception):
            return False
        self.due_at, self.due_date, self.rule, self.exception = due.at, day, due.rule, due.exception
        self.version += 1
        return True

    def tried(self, outcome: str, at: datetime, *, answered: bool, again_at: datetime | None) -> None:
        """One more call was made."""
        self.attempts += 1
        self.first_attempt_at = self.first_attempt_at or at
        self.last_outcome = outcome
        if answered and self.reached_at is None:
            self.reached_at = at
        self.next_try_at = again_at
        self.version += 1

    def close(self, result: str, at: datetime, next_step: str | None) -> None:
        """Close it. On time: the customer was reached by the due time or, where nobody was, first tried by then.

        A call-back that was never tried (the person was erased before) is neither on time nor late.
        """
        self.status, self.result, self.closed_at, self.next_step = CLOSED, result, at, next_step
        called_at = self.reached_at or self.first_attempt_at
        self.on_time = None if called_at is None else called_at <= self.due_at
        self.next_try_at = None
        self.version += 1


class Attempt(BranchScoped, Base):
    """One call, reached or not. ``note`` is for colleagues: it never leaves this service, and goes with the person."""

    __tablename__ = "follow_up_attempt"
    __table_args__ = (
        UniqueConstraint("follow_up_id", "number", name="uq_follow_up_attempt_follow_up_id_number"),
        Index("ix_follow_up_attempt_branch_id", "branch_id", "attempted_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    follow_up_id: Mapped[str] = mapped_column(String(36), ForeignKey("follow_up.id"), nullable=False)
    number: Mapped[int] = mapped_column(Integer, nullable=False)
    outcome: Mapped[str] = mapped_column(String(60), nullable=False)
    note: Mapped[str | None] = mapped_column(Text)
    asked_for: Mapped[datetime | None]
    attempted_at: Mapped[datetime]
    attempted_by: Mapped[str | None] = mapped_column(String(64))


class FollowUpRecord(BranchScoped, Base):
    """The form: reached or not and how often tried, answers, scores, suggestions, next step. One per call-back."""

    __tablename__ = "follow_up_record"
    __table_args__ = (Index("ix_follow_up_record_branch_id", "branch_id", "recorded_at"),)

    follow_up_id: Mapped[str] = mapped_column(String(36), ForeignKey("follow_up.id"), primary_key=True)
    reached: Mapped[bool] = mapped_column(Boolean, nullable=False)
    tried: Mapped[int] = mapped_column(Integer, nullable=False)
    # [{"question", "answer"}], [{"factor", "score"}]: codes and numbers only.
    answers: Mapped[Any] = mapped_column(Json, nullable=False)
    scores: Mapped[Any] = mapped_column(Json, nullable=False)
    suggestions: Mapped[str | None] = mapped_column(Text)
    next_step: Mapped[str] = mapped_column(String(60), nullable=False)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str | None] = mapped_column(String(64))
