"""The log of telephone calls of a branch (R3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.reception.base import Base
from shared.db import BranchScoped, UtcDateTime

TOPIC_LENGTH = 80
EXTERNAL_ID_LENGTH = 60
LOWEST_RATING, HIGHEST_RATING = 1, 5
# Longer than a day is a mistake of whoever counted.
MOST_SECONDS = 86_400


class Call(BranchScoped, Base):
    """One call: when, who took it, what about, how it went. It is a fact and never changes."""

    __tablename__ = "call"
    __table_args__ = (
        # What a telephone system calls it; a call entered by hand has none.
        UniqueConstraint("branch_id", "external_id", name="uq_call_branch_id_external_id"),
        Index("ix_call_branch_id_occurred_at", "branch_id", "occurred_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    external_id: Mapped[str | None] = mapped_column(String(EXTERNAL_ID_LENGTH))
    agent_id: Mapped[str] = mapped_column(String(36), nullable=False)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    # The branch's calendar day, or that of the zone an import names: figures per day go by it.
    local_date: Mapped[date] = mapped_column(Date, nullable=False)
    direction: Mapped[str] = mapped_column(String(3), nullable=False)
    topic: Mapped[str] = mapped_column(String(TOPIC_LENGTH), nullable=False)
    answered: Mapped[bool] = mapped_column(Boolean, nullable=False)
    resolved: Mapped[bool | None] = mapped_column(Boolean)
    answer_seconds: Mapped[int | None] = mapped_column(Integer)
    talk_seconds: Mapped[int | None] = mapped_column(Integer)
    rating: Mapped[int | None] = mapped_column(Integer)
    customer_id: Mapped[str | None] = mapped_column(String(36))
    imported: Mapped[bool] = mapped_column(Boolean, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


# What makes two reports of one call the same.
COMPARED = ("occurred_at", "topic", "answered", "resolved", "answer_seconds", "talk_seconds", "rating")


def contradiction(call: Mapping[str, Any]) -> str | None:
    """The field that cannot be so in a call nobody answered, or None: no wait, no talk, no rating, no solution."""
    if call["answered"]:
        return None
    for field in ("answer_seconds", "talk_seconds", "rating"):
        if call.get(field) is not None:
            return field
    return "resolved" if call.get("resolved") else None
