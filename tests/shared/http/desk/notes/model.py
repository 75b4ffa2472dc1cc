from __future__ import annotations

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import BranchScoped
from tests.shared.http.desk.service import Base


class Note(BranchScoped, Base):
    __tablename__ = "note"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    text: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer)
