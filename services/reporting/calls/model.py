"""The roll-up of calls."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from services.reporting.base import Base
from shared.db import BranchScoped


class CallsDaily(BranchScoped, Base):
    """Calls of one branch, local day, agent and topic. Sums and their n, never means: means cannot be added up.

    Seconds are whole seconds, ratings are 1 to 5; the ``_n`` columns count the answered calls that have the value.
    """

    __tablename__ = "calls_daily"

    branch_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    agent_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    topic: Mapped[str] = mapped_column(String(120), primary_key=True)
    calls: Mapped[int] = mapped_column(BigInteger, nullable=False)
    answered: Mapped[int] = mapped_column(BigInteger, nullable=False)
    answer_seconds_sum: Mapped[int] = mapped_column(BigInteger, nullable=False)
    answer_n: Mapped[int] = mapped_column(BigInteger, nullable=False)
    talk_seconds_sum: Mapped[int] = mapped_column(BigInteger, nullable=False)
    talk_n: Mapped[int] = mapped_column(BigInteger, nullable=False)
    rating_sum: Mapped[int] = mapped_column(BigInteger, nullable=False)
    rating_n: Mapped[int] = mapped_column(BigInteger, nullable=False)
