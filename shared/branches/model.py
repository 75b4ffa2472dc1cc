"""The table of branches that stands in every service's database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import Json, MechanismBase, UtcDateTime


class Branch(MechanismBase):
    """A branch. Reception's action writes it there; everywhere else the projection does (``reactions``)."""

    __tablename__ = "branch"
    __group_wide__ = "the branches themselves"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), nullable=False)
    # Stands before its ticket numbers: A013.
    letter: Mapped[str] = mapped_column(String(3), nullable=False)
    zone: Mapped[str] = mapped_column(String(60), nullable=False)
    # {"mon": [["08:30", "18:00"]], ...}: wall clock of the zone; a day that is left out is closed.
    hours: Mapped[Any] = mapped_column(Json, nullable=False)
    # {"public_holidays": [{"name", "from", "to"}], "makeup_workdays": [date], "closing_days": [date]}
    closures: Mapped[Any] = mapped_column(Json, nullable=False)
    version: Mapped[int] = mapped_column(Integer, nullable=False)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
