"""Who was shown what of whom, why and when. Rows are added and read, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import BranchScoped, Json, MechanismBase


class AccessRecord(BranchScoped, MechanismBase):
    """Somebody of a branch was shown fields of one record whole. Ids and codes only: nothing here needs erasing."""

    __tablename__ = "access_record"
    __table_args__ = (
        Index("ix_access_record_branch_id_shown_at", "branch_id", "shown_at"),
        Index("ix_access_record_about", "about"),
        # PostgreSQL gives the serving roles no right to change or delete (row_security).
        {"info": {"append_only": True}},
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    # The record that was opened ("visit/<id>") and whom it is about ("customer/<id>"), as subjects of events.
    subject: Mapped[str] = mapped_column(String(120), nullable=False)
    about: Mapped[str | None] = mapped_column(String(120))
    fields: Mapped[list[Any]] = mapped_column(Json, nullable=False)
    reason: Mapped[str] = mapped_column(String(40), nullable=False)
    actor: Mapped[str] = mapped_column(String(80), nullable=False)
    shown_at: Mapped[datetime] = mapped_column()
