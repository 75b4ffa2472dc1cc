"""The line of a branch and day in SQL: the next ticket together with its visit, and how many stand before it.

Everything that changes a visit takes the line's row first. So tickets have no hole and no twin, two receptionists
never call the same visitor, and two transactions never wait for each other crosswise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    Date,
    Integer,
    String,
    Table,
    bindparam,
    cast,
    false,
    func,
    insert,
    literal,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from services.reception.visits.model import WAITING, DayLine, NewVisit, Visit
from shared.db.direct import Direct
from shared.events import NewEvent, record, ring_after_commit, row
from shared.events.tables import EventLog

TICKET_DIGITS = 3

_line: Any = DayLine.__table__
_visit: Any = Visit.__table__
_log: Table = EventLog.__table__  # type: ignore[assignment]
_WAITING = ("waiting_first", "waiting_booked", "waiting_walk_in")
# What a new visit is given, beside its place, its ticket and what every new one begins with.
_GIVEN = (
    "id", "priority", "purpose", "party_size", "customer_id", "vehicle_id", "by_phone", "host", "source", "door",
    "device", "consent_version", "late", "checked_in_at", "received_at",
)  # fmt: skip
_BEGINS = {"status": WAITING, "version": 1}
_TOLD = ("event_id", "type", "subject", "time", "correlation_id", "causation_id", "traceparent")


class Counts(NamedTuple):
    """What the row of a line says once a ticket was taken."""

    last_number: int
    waiting_first: int
    waiting_booked: int
    waiting_walk_in: int
    serving: int
    served: int
    served_seconds: int

    def before(self, priority: int) -> int:
        """How many wait before whoever came last in this class."""
        return sum(self[1 : 1 + priority]) - 1


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a visitor is told: how many wait before them, and in how many minutes their turn comes (None: no data)."""

    people: int
    low_minutes: int | None
    high_minutes: int | None


def ticket_text(letter: str, number: int) -> str:
    """``A013``: at least three digits behind the branch's letter."""
    return f"{letter}{number:0{TICKET_DIGITS}d}"


def estimate(people: int, serving: int, served: int, served_seconds: int) -> Ahead:
    """A range from today's mean serving time and the number of people now serving; none without both.

    The earliest turn is when everybody ahead has been taken, the latest when one more serving has ended.
    """
    if not served or not serving:
        return Ahead(people, None, None)
    minutes = served_seconds / served / serving / 60
    return Ahead(people, int(people * minutes), -int(-(people + 1) * minutes // 1))


def _one_more(first_ticket: Any) -> Any:
    """Insert the day's first ticket, or count one on."""
    return first_ticket.on_conflict_do_update(
        index_elements=["branch_id", "local_date"],
        set_={"last_number": _line.c.last_number + 1}
        | {name: _line.c[name] + first_ticket.excluded[name] for name in _WAITING},
    ).returning(*(_line.c[name] for name in Counts._fields))


def _all_in_one() -> Any:
    """PostgreSQL: ticket, visit and event in one round trip; not ``entered`` when such a visit is open already.

    psycopg converts a statement anew each time when it is long or has more than 50 parameters, so this one says
    nothing twice and leaves out what is NULL.
    """
    branch, day = bindparam("branch", type_=String), bindparam("day", type_=Date)
    ones = {name: bindparam(name, type_=Integer) for name in _WAITING}
    first_ticket = {
        "branch_id": branch, "local_date": day, "last_number": text("1"), "serving": text("0"), "served": text("0"),
        "served_seconds": text("0"), **ones,
    }  # fmt: skip
    line = _one_more(postgresql_insert(_line).values(first_ticket)).cte("line")
    digits = cast(line.c.last_number, String)
    padded = func.lpad(digits, func.greatest(func.length(digits), TICKET_DIGITS), "0")
    ticket = bindparam("letter", type_=String) + padded
    given = [bindparam(f"visit_{name}", type_=_visit.c[name].type) for name in _GIVEN]
    begins = [literal(value) for value in _BEGINS.values()]
    entered = (
        postgresql_insert(_visit)
        .from_select(
            ["branch_id", "local_date", *_GIVEN, *_BEGINS, "number", "ticket"],
            select(branch, day, *given, *begins, line.c.last_number, ticket),
        )
        .on_conflict_do_nothing()
        .returning(_visit.c.id)
        .cte("entered")
    )
    told = [bindparam(f"log_{name}", type_=_log.c[name].type) for name in _TOLD]
    # No text inside JSON can look like a key and its value: there the quotes would be escaped.
    data = func.replace(bindparam("data", type_=String), _member(bindparam("blank")), _member(ticket))
    logged = (
        insert(_log)
        .from_select(
            [*_TOLD, "branch_id", "version", "personal", "data"],
            select(*told, branch, literal(1), false(), data).select_from(line.join(entered, true())),
        )
        .cte("logged")
    )
    return (
        select(*(line.c[name] for name in Counts._fields), entered.c.id.is_not(None).label("entered"))
        .select_from(line.outerjoin(entered, true()))
        .add_cte(logged)
    )


def _member(ticket: Any) -> Any:
    return '"ticket":"' + cast(ticket, String) + '"'


_ALL_IN_ONE = Direct(_all_in_one())
_ONE_MORE = _one_more(sqlite_insert(_line))
_ENTER = sqlite_insert(_visit).on_conflict_do_nothing().returning(_visit.c.id)
_ONE_LESS = (
    update(_line)
    .where(_line.c.branch_id == bindparam("branch"), _line.c.local_date == bindparam("day"))
    .values(
        last_number=_line.c.last_number - 1,
        **{name: _line.c[name] - bindparam(f"one_{name}", type_=Integer) for name in _WAITING},
    )
)


def enter(session: Session, visit: NewVisit, event: NewEvent, letter: str) -> Ahead | None:
    """Take the day's next ticket, write the visit and its event; None when the person or the car is in already.

    ``visit`` and ``event`` come without a ticket and get the one taken. Nothing is used up when it returns None.
    """
    ones = {name: int(visit.priority == place) for place, name in enumerate(_WAITING, start=1)}
    enter_it = _in_one if session.get_bind().dialect.name == "postgresql" else _step_by_step
    line, entered = enter_it(session, visit, event, letter, ones)
    if not entered:
        # We hold the line's row, so the number goes back before anybody could take the next one.
        place = {"branch": visit.branch_id, "day": visit.local_date}
        session.execute(_ONE_LESS, place | {f"one_{name}": one for name, one in ones.items()})
        return None
    if visit.late:
        return ahead_of(session, visit)
    return estimate(line.before(visit.priority), line.serving, line.served, line.served_seconds)


def _in_one(
    session: Session, visit: NewVisit, event: NewEvent, letter: str, ones: dict[str, int]
) -> tuple[Counts, bool]:
    blank = event.data["ticket"] = ticket_text(letter, 0)
    told = row(event)
    values = {
        **ones, "branch": visit.branch_id, "day": visit.local_date, "letter": letter, "blank": blank,
        "data": told["data"], **{f"visit_{name}": getattr(visit, name) for name in _GIVEN},
        **{f"log_{name}": told[name] for name in _TOLD},
    }  # fmt: skip
    [(*counts, entered)] = _ALL_IN_ONE.rows(session, values)
    line = Counts(*counts)
    visit.number, visit.ticket = line.last_number, ticket_text(letter, line.last_number)
    ring_after_commit(session)
    return line, entered


def _step_by_step(
    session: Session, visit: NewVisit, event: NewEvent, letter: str, ones: dict[str, int]
) -> tuple[Counts, bool]:
    place = {"branch_id": visit.branch_id, "local_date": visit.local_date}
    first_ticket = place | ones | {"last_number": 1, "serving": 0, "served": 0, "served_seconds": 0}
    line = Counts(*session.execute(_ONE_MORE, first_ticket).one())
    visit.number, visit.ticket = line.last_number, ticket_text(letter, line.last_number)
    given = {name: getattr(visit, name) for name in (*_GIVEN, "number", "ticket")}
    entered = session.execute(_ENTER, place | _BEGINS | given).first() is not None
    if entered:
        event.data["ticket"] = visit.ticket
        record(session, event)
    return line, entered


def ahead_of(session: Session, visit: Visit | NewVisit) -> Ahead:
    """The same for a visit that has its place already: who stands before it now, counted."""
    if visit.status != WAITING:
        return Ahead(0, None, None)
    turn = tuple_(Visit.priority, Visit.checked_in_at, Visit.number)
    before = (
        Visit.local_date == visit.local_date,
        Visit.status == WAITING,
        turn < (visit.priority, visit.checked_in_at, visit.number),
    )
    people = session.execute(select(func.count()).select_from(Visit).where(*before)).scalar_one()
    line = hold(session, visit.local_date)
    return estimate(people, line.serving, line.served, line.served_seconds) if line else Ahead(people, None, None)


def hold(session: Session, day: date) -> DayLine | None:
    """The line of the branch in scope on ``day``, locked until the transaction ends; None before its first ticket."""
    wanted = select(DayLine).where(DayLine.local_date == day).with_for_update()
    return session.execute(wanted.execution_options(populate_existing=True)).scalar_one_or_none()
