"""A visit: somebody in the house, with a ticket, on the way from the door to being served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Boolean, Date, Index, Integer, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.reception.base import Base
from shared.db import BranchScoped
from shared.http.problems import Problem

PURPOSES = (
    "maintenance", "repair", "bodywork", "recall", "view_car", "test_drive", "collect_vehicle", "new_car_delivery",
    "complaint", "event", "courier_or_supplier", "meet_staff", "other",
)  # fmt: skip

WAITING, CALLED, SERVING, DONE, LEFT = "waiting", "called", "serving", "done", "left"
STATUSES = (WAITING, CALLED, SERVING, DONE, LEFT)
OPEN = (WAITING, CALLED, SERVING)

# Priority classes: complaints and safety first, booked visitors second, everybody else third; in a class by arrival.
CLASS_FIRST, CLASS_BOOKED, CLASS_WALK_IN = 1, 2, 3
FIRST_PURPOSES = frozenset({"complaint", "recall"})

_OPEN = "status IN ('waiting', 'called', 'serving')"
_OPEN_BY_PHONE = text(f"{_OPEN} AND by_phone")
_OPEN_TEXT = text(_OPEN)


@dataclass(slots=True)
class NewVisit:
    """A visit as it begins: waiting, in the class of its purpose; ``number`` and ``ticket`` follow from the line.

    It reads as a Visit does and is written by Core: to make an ORM object of every check-in is dear.
    """

    id: str
    branch_id: str
    local_date: date
    purpose: str
    party_size: int
    customer_id: str | None
    vehicle_id: str | None
    by_phone: bool
    host: str | None
    source: str | None
    door: str
    device: str
    consent_version: str
    late: bool
    checked_in_at: datetime
    received_at: datetime
    number: int = 0
    ticket: str = ""

    status: ClassVar[str] = WAITING
    version: ClassVar[int] = 1
    called_at: ClassVar[datetime | None] = None
    greeted_at: ClassVar[datetime | None] = None
    serving_started_at: ClassVar[datetime | None] = None
    completed_at: ClassVar[datetime | None] = None
    left_at: ClassVar[datetime | None] = None
    served_by: ClassVar[str | None] = None

    @property
    def priority(self) -> int:
        """The class of a visitor without a booking."""
        return CLASS_FIRST if self.purpose in FIRST_PURPOSES else CLASS_WALK_IN


class Visit(BranchScoped, Base):
    """One visit and its states: waiting → called → serving → done; left from any of the first three.

    ``local_date`` is the branch's day on which it began and whose counter gave the ticket. ``by_phone`` says that the
    person was found by the phone they typed, not through their car: only then does the same phone mean the same
    visit.
    """

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("branch_id", "local_date", "number", name="uq_visit_branch_id_local_date_number"),
        # A second check-in of an open visit finds the first one through these, also when both arrive at once.
        Index(
            "uq_visit_open_customer", "branch_id", "local_date", "customer_id", unique=True,
            postgresql_where=_OPEN_BY_PHONE, sqlite_where=_OPEN_BY_PHONE,
        ),
        Index(
            "uq_visit_open_vehicle", "branch_id", "local_date", "vehicle_id", unique=True,
            postgresql_where=_OPEN_TEXT, sqlite_where=_OPEN_TEXT,
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    local_date: Mapped[date] = mapped_column(Date, nullable=False)
    number: Mapped[int] = mapped_column(Integer, nullable=False)
    ticket: Mapped[str] = mapped_column(String(12), nullable=False)
    priority: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    purpose: Mapped[str] = mapped_column(String(40), nullable=False)
    status: Mapped[str] = mapped_column(String(12), nullable=False)
    party_size: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    # Not foreign keys: neither row is ever deleted, and each key would lock and write a row more at every check-in.
    customer_id: Mapped[str | None] = mapped_column(String(36))
    vehicle_id: Mapped[str | None] = mapped_column(String(36))
    by_phone: Mapped[bool] = mapped_column(Boolean, nullable=False)
    host: Mapped[str | None] = mapped_column(String(64))
    source: Mapped[str | None] = mapped_column(String(40))
    door: Mapped[str] = mapped_column(String(10), nullable=False)
    device: Mapped[str] = mapped_column(String(80), nullable=False)
    consent_version: Mapped[str] = mapped_column(String(40), nullable=False)
    late: Mapped[bool] = mapped_column(Boolean, nullable=False)
    # When the visitor checked in; a kiosk without network tells us later (received_at).
    checked_in_at: Mapped[datetime]
    received_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    greeted_at: Mapped[datetime | None]
    serving_started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    served_by: Mapped[str | None] = mapped_column(String(36))
    version: Mapped[int] = mapped_column(Integer, nullable=False)

    # How a visit begins: ``Visit.check_in(...)``.
    check_in: ClassVar[type[NewVisit]] = NewVisit

    def call(self, at: datetime) -> None:
        """The ticket is called: waiting → called. Problem 409 ``visit.state`` otherwise (so for all of these)."""
        self._only_from(WAITING)
        self.status, self.called_at = CALLED, at
        self.version += 1

    def greet(self, at: datetime) -> None:
        """The first human contact, once, in any open state; it stops the greet clock and does not move the visit."""
        self._only_from(*OPEN)
        if self.greeted_at is not None:
            raise Problem(409, "visit.state")
        self.greeted_at = at
        self.version += 1

    def serve(self, at: datetime, by: str) -> None:
        """Somebody takes the visitor: called → serving."""
        self._only_from(CALLED)
        self.status, self.serving_started_at, self.served_by = SERVING, at, by
        self.version += 1

    def complete(self, at: datetime) -> None:
        """serving → done."""
        self._only_from(SERVING)
        self.status, self.completed_at = DONE, at
        self.version += 1

    def leave(self, at: datetime) -> None:
        """The visitor goes without having been served to the end: any open state → left."""
        self._only_from(*OPEN)
        self.status, self.left_at = LEFT, at
        self.version += 1

    @property
    def served_seconds(self) -> int:
        """How long serving took; 0 while it has not ended."""
        if self.serving_started_at is None or self.completed_at is None:
            return 0
        return int((self.completed_at - self.serving_started_at).total_seconds())

    def _only_from(self, *statuses: str) -> None:
        if self.status not in statuses:
            raise Problem(409, "visit.state")


class DayLine(BranchScoped, Base):
    """The line of one branch on one local day: the last ticket given, who waits in which class, who serves, and how
    long that takes.

    Its row lock is what makes tickets dense and transitions of one branch follow each other; and because it carries
    the counts, a check-in learns how many are ahead without counting rows. It always equals what the day's visits say
    (tested).
    """

    __tablename__ = "day_line"

    branch_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    local_date: Mapped[date] = mapped_column(Date, primary_key=True)
    last_number: Mapped[int] = mapped_column(Integer, nullable=False)
    waiting_first: Mapped[int] = mapped_column(Integer, nullable=False)
    waiting_booked: Mapped[int] = mapped_column(Integer, nullable=False)
    waiting_walk_in: Mapped[int] = mapped_column(Integer, nullable=False)
    serving: Mapped[int] = mapped_column(Integer, nullable=False)
    served: Mapped[int] = mapped_column(Integer, nullable=False)
    served_seconds: Mapped[int] = mapped_column(Integer, nullable=False)

    def move(self, visit: Visit, before: str) -> None:
        """Follow ``visit``, which was in status ``before``: who waits, who is being served, how long serving takes
        (seconds).
        """
        if before == WAITING and visit.status != WAITING:
            waiting = ("waiting_first", "waiting_booked", "waiting_walk_in")[visit.priority - 1]
            setattr(self, waiting, getattr(self, waiting) - 1)
        if visit.status == SERVING and before != SERVING:
            self.serving += 1
        if before == SERVING and visit.status != SERVING:
            self.serving -= 1
        if visit.status == DONE and before != DONE:
            self.served += 1
            self.served_seconds += visit.served_seconds
