"""The mechanism's own tables: the log a service writes, and what it remembers of the logs it hears."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import UtcDateTime
from shared.db.mechanism import MechanismBase

Position = BigInteger().with_variant(Integer, "sqlite")


class EventLog(MechanismBase):
    """What happened here, for good. Rows are never deleted; erasure empties ``data`` and keeps the position."""

    __tablename__ = "event_log"
    __group_wide__ = "the mechanism's own: read by the relay and the feed only"
    __table_args__ = (
        Index(
            "ix_event_log_unnumbered",
            "id",
            postgresql_where=text("position IS NULL"),
            sqlite_where=text("position IS NULL"),
        ),
        Index(
            "ix_event_log_personal_subject", "subject", postgresql_where=text("personal"), sqlite_where=text("personal")
        ),
        UniqueConstraint("position", name="uq_event_log_position"),
    )

    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(String(36), nullable=False)
    type: Mapped[str] = mapped_column(String(120), nullable=False)
    subject: Mapped[str] = mapped_column(String(120), nullable=False)
    branch_id: Mapped[str] = mapped_column(String(40), nullable=False)
    version: Mapped[int] = mapped_column(Integer, nullable=False)
    time: Mapped[object] = mapped_column(UtcDateTime, nullable=False)
    correlation_id: Mapped[str | None] = mapped_column(String(64))
    causation_id: Mapped[str | None] = mapped_column(String(36))
    traceparent: Mapped[str | None] = mapped_column(String(64))
    # Text, not JSONB: encoded once when it happens, spliced into every page and message afterwards.
    data: Mapped[str | None] = mapped_column(Text)
    personal: Mapped[bool] = mapped_column(Boolean, nullable=False)
    redacted_at: Mapped[object | None] = mapped_column(UtcDateTime)
    # Given by the one relay after commit, so that a late commit is never skipped.
    position: Mapped[int | None] = mapped_column(Position)
    previd: Mapped[str | None] = mapped_column(String(36))
    epoch: Mapped[str | None] = mapped_column(String(36))


class LogCounter(MechanismBase):
    """``head``: the last position given, with its event's id. ``published``: the last one the bus has confirmed."""

    __tablename__ = "log_counter"
    __group_wide__ = "the mechanism's own"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int] = mapped_column(Position, nullable=False)
    event_id: Mapped[str | None] = mapped_column(String(36))


class Epoch(MechanismBase):
    """One life of this log; a restore from a backup begins a new one after the last position that it still has."""

    __tablename__ = "epoch"
    __group_wide__ = "the mechanism's own"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    epoch: Mapped[str] = mapped_column(String(36), nullable=False)
    after_position: Mapped[int] = mapped_column(Position, nullable=False)
    started_at: Mapped[object] = mapped_column(UtcDateTime, nullable=False)


class RelayLease(MechanismBase):
    """Who numbers this log on SQLite, where no advisory lock exists. Times are the database's, in seconds."""

    __tablename__ = "relay_lease"
    __group_wide__ = "the mechanism's own"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    holder: Mapped[str | None] = mapped_column(String(36))
    until: Mapped[float] = mapped_column(nullable=False)


class Cursor(MechanismBase):
    """How far one heard source has been applied. Moved in the same transaction as the effects."""

    __tablename__ = "cursor"
    __group_wide__ = "the mechanism's own"

    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(Position, nullable=False)
    last_id: Mapped[str | None] = mapped_column(String(36))
    epoch: Mapped[str | None] = mapped_column(String(36))
    parked: Mapped[int] = mapped_column(Integer, nullable=False)
    # Whose hands it is in; still set at a start means that the last run ended uncleanly.
    running: Mapped[str | None] = mapped_column(String(36))
    moved_at: Mapped[object | None] = mapped_column(UtcDateTime)
    # Since when its feed does not answer; NULL while it does. Written when that changes, read by whoever asks.
    unreachable_since: Mapped[object | None] = mapped_column(UtcDateTime)


class Parked(MechanismBase):
    """An event whose handler failed for good, or one that waits behind it (same source and subject)."""

    __tablename__ = "parked"
    __group_wide__ = "the mechanism's own"
    __table_args__ = (
        UniqueConstraint("source", "epoch", "position", name="uq_parked_source_epoch_position"),
        Index("ix_parked_source_subject", "source", "subject"),
    )

    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(40), nullable=False)
    epoch: Mapped[str] = mapped_column(String(36), nullable=False)
    position: Mapped[int] = mapped_column(Position, nullable=False)
    event_id: Mapped[str] = mapped_column(String(36), nullable=False)
    type: Mapped[str] = mapped_column(String(120), nullable=False)
    subject: Mapped[str] = mapped_column(String(120), nullable=False)
    branch_id: Mapped[str] = mapped_column(String(40), nullable=False)
    # As it came, but never with personal data: that is pulled again when the event is tried again.
    wire: Mapped[str] = mapped_column(Text, nullable=False)
    reason: Mapped[str] = mapped_column(String(40), nullable=False)
    detail: Mapped[str] = mapped_column(String(400), nullable=False)
    attempts: Mapped[int] = mapped_column(Integer, nullable=False)
    parked_at: Mapped[object] = mapped_column(UtcDateTime, nullable=False)


class SetAside(MechanismBase):
    """A parked event that somebody decided never to apply: the record of that decision."""

    __tablename__ = "set_aside"
    __group_wide__ = "the mechanism's own"

    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(40), nullable=False)
    epoch: Mapped[str] = mapped_column(String(36), nullable=False)
    position: Mapped[int] = mapped_column(Position, nullable=False)
    event_id: Mapped[str] = mapped_column(String(36), nullable=False)
    reason: Mapped[str] = mapped_column(String(40), nullable=False)
    # Who decided, as "<kind of actor>/<id>"; NULL: somebody at the command line.
    author: Mapped[str | None] = mapped_column(String(80))
    set_aside_at: Mapped[object] = mapped_column(UtcDateTime, nullable=False)


class Attempt(MechanismBase):
    """Written before an event is handled, one by one, after an unclean stop: finds the event that kills the process."""

    __tablename__ = "attempt"
    __group_wide__ = "the mechanism's own"

    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=False)
    attempts: Mapped[int] = mapped_column(Integer, nullable=False)


class SeenEvent(MechanismBase):
    """Events that reactions have acted on: they act once, also when a source's log was restored and is read again."""

    __tablename__ = "seen_event"
    __group_wide__ = "the mechanism's own"

    event_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    reaction: Mapped[str] = mapped_column(String(80), primary_key=True)


class UnheardType(MechanismBase):
    """A type that passed while nobody here heard it, and from where on: a handler added later starts there."""

    __tablename__ = "unheard_type"
    __group_wide__ = "the mechanism's own"

    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    type: Mapped[str] = mapped_column(String(120), primary_key=True)
    first_position: Mapped[int] = mapped_column(Position, nullable=False)


class BuiltProjection(MechanismBase):
    """Which event types each projection's tables were made from; another set means that they must be read again."""

    __tablename__ = "built_projection"
    __group_wide__ = "the mechanism's own"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    types: Mapped[str] = mapped_column(Text, nullable=False)
    built_at: Mapped[object] = mapped_column(UtcDateTime, nullable=False)


class OrphanRange(MechanismBase):
    """Positions that we applied and that a restored source no longer knows. Kept for people to look into."""

    __tablename__ = "orphan_range"
    __group_wide__ = "the mechanism's own"

    id: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(40), nullable=False)
    epoch: Mapped[str | None] = mapped_column(String(36))
    first_position: Mapped[int] = mapped_column(Position, nullable=False)
    last_position: Mapped[int] = mapped_column(Position, nullable=False)
    found_at: Mapped[object] = mapped_column(UtcDateTime, nullable=False)
