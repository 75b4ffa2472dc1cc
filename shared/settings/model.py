"""What a branch or the group has set, from when on it holds and who set it. Rows are added, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import Json, UtcDateTime
from shared.db.mechanism import MechanismBase


class BranchSetting(MechanismBase):
    """One value of one setting from ``valid_from`` on; ``branch_id`` is ``group`` for settings of the group."""

    __tablename__ = "branch_setting"
    __group_wide__ = "settings of the group stand beside those of the branches; every read names its branch"
    __table_args__ = (
        # Two people who set the same thing at once: the second is told, and the events' versions have no twins.
        UniqueConstraint("key", "branch_id", "version", name="uq_branch_setting_key_branch_id_version"),
        Index("ix_branch_setting_key_branch_id_valid_from", "key", "branch_id", "valid_from"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), nullable=False)
    branch_id: Mapped[str] = mapped_column(String(40), nullable=False)
    version: Mapped[int] = mapped_column(Integer, nullable=False)
    value: Mapped[Any] = mapped_column(Json, nullable=False)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    author: Mapped[str] = mapped_column(String(80), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
