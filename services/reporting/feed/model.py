"""The log that headquarters reads. A log, not a projection: a position is given once, nothing is ever rebuilt."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.reporting.base import Base
from shared.db import BranchScoped

Position = BigInteger().with_variant(Integer, "sqlite")


class FeedEntry(BranchScoped, Base):
    """One fact of one service. ``envelope``: the CloudEvent as the source sent it, a personal one without data."""

    __tablename__ = "feed_entry"
    __table_args__ = (
        # Whatever goes wrong with a cursor, a fact cannot stand here twice.
        UniqueConstraint("source", "epoch", "source_position", name="uq_feed_entry_source_epoch_source_position"),
        Index("ix_feed_entry_branch_id_position", "branch_id", "position"),
    )

    position: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=False)
    branch_id: Mapped[str] = mapped_column(String(40), nullable=False)
    source: Mapped[str] = mapped_column(String(40), nullable=False)
    epoch: Mapped[str] = mapped_column(String(64), nullable=False)
    source_position: Mapped[int] = mapped_column(Position, nullable=False)
    type: Mapped[str] = mapped_column(String(120), nullable=False)
    event_id: Mapped[str] = mapped_column(String(64), nullable=False)
    envelope: Mapped[str] = mapped_column(Text, nullable=False)


class FeedCounter(Base):
    """One row: the last position given. Locked before anything is written: positions are in the order of commits."""

    __tablename__ = "feed_counter"
    __group_wide__ = "counts the positions of one feed over all branches"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(Position, nullable=False)
    # Reporting's own life in which that position was given: after a restore four sources may come in another order.
    epoch: Mapped[str | None] = mapped_column(String(36))


class FeedEpoch(Base):
    """One life of the feed: it begins after ``after_position``. A reader that is beyond it reads again from there."""

    __tablename__ = "feed_epoch"
    __group_wide__ = "lives of one feed over all branches"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(String(36), nullable=False)
    after_position: Mapped[int] = mapped_column(Position, nullable=False)
