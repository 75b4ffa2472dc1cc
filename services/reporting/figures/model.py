"""The roll-up of everything but calls."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from services.reporting.base import Base
from shared.db import BranchScoped


class DailyFigure(BranchScoped, Base):
    """One measure of one branch and day: how many facts (``n``) and what they add up to (``total``).

    ``day`` is the branch's local day and ``key`` is empty; a measure that is kept by instant (``measures.BY_INSTANT``)
    has the UTC day, and as ``key`` the quarter hour ("06:30"), because its event does not say the local day.
    """

    __tablename__ = "daily_figure"

    branch_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger, nullable=False)
    total: Mapped[int] = mapped_column(BigInteger, nullable=False)
