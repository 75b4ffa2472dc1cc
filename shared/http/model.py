"""What was answered to a machine's POST, kept so that the same request gets the same answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import MechanismBase


class Idempotency(MechanismBase):
    """One answered request of one key's holder. Written in the action's transaction, or not at all."""

    __tablename__ = "idempotency"
    __group_wide__ = "the mechanism's own: looked up by the holder of the key only"
    __table_args__ = (
        Index("ix_idempotency_expires_at", "expires_at"),
        Index("ix_idempotency_subject", "subject"),
    )

    owner: Mapped[str] = mapped_column(String(80), primary_key=True)
    route: Mapped[str] = mapped_column(String(120), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    # Emptied together with the body when the person is erased: a short body could be guessed from its hash.
    body_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int] = mapped_column(Integer)
    content_type: Mapped[str] = mapped_column(String(80))
    location: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Whom the answer is about ("customer/<id>"), for erasure.
    subject: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column()
