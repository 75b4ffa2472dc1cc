"""The label of each member of staff."""

from __future__ import annotations

from sqlalchemy import Boolean, String
from sqlalchemy.orm import Mapped, mapped_column

from services.reporting.base import Base


class StaffLabel(Base):
    """A member of staff as reception last announced it."""

    __tablename__ = "staff_label"
    __group_wide__ = "staff are identities of the group: a person may change branch, old figures keep the id"

    staff_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    branch_id: Mapped[str] = mapped_column(String(40), nullable=False)
    label: Mapped[str] = mapped_column(String(120), nullable=False)
    present: Mapped[bool] = mapped_column(Boolean, nullable=False)
