"""What is known of a kept file. The row comes first, so that no byte can lie on the disk that no row knows of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import UtcDateTime
from shared.db.mechanism import MechanismBase

WRITING, READY, RELEASED = "writing", "ready", "released"


class StoredFile(MechanismBase):
    """One file of one owner. Two owners of the same bytes have two rows and one file on the disk."""

    __tablename__ = "stored_file"
    __group_wide__ = "the mechanism's own: found through its owner, which has a branch; freed over all branches"
    __table_args__ = (
        Index("ix_stored_file_sha256", "sha256"),
        Index("ix_stored_file_owner", "owner"),
        Index("ix_stored_file_state", "state", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    # "<what>/<id>": the file goes when its owner goes (a job expires, a person is forgotten).
    owner: Mapped[str] = mapped_column(String(120), nullable=False)
    branch_id: Mapped[str | None] = mapped_column(String(40))
    media_type: Mapped[str] = mapped_column(String(100), nullable=False)
    size: Mapped[int | None] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    sha256: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
