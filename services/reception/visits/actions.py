"""The only writer of visits: checking in, calling, greeting, serving, leaving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.reception import customers, staff
from services.reception.visits import events, lines, queries
from services.reception.visits.arrivals import arrived_at
from services.reception.visits.lines import Ahead
from services.reception.visits.model import WAITING, NewVisit, Visit
from shared import branches, clock
from shared.access import action, current_actor
from shared.db import current_branch, transaction
from shared.events import NewEvent, record
from shared.http import expect_version
from shared.http.problems import Problem
from shared.ids import uuid7
from shared.privacy import record_access


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a visitor, or the desk for them, has said."""

    purpose: str
    occurred_at: datetime
    notice: str
    agreed: tuple[str, ...] = ()
    sent_at: datetime | None = None
    name: str | None = None
    phone: customers.Phone | None = None
    plate: customers.Plate | None = None
    party_size: int = 1
    host: str | None = None
    source: str | None = None


@action("visits.check_in")
def check_in(arrival: Arrival) -> tuple[Visit | NewVisit, Ahead]:
    """A visitor checks in and gets the day's next ticket (R1.1); an open visit of the same phone or plate is joined
    instead.

    Returns the visit, read only, and how many wait before it. Problems: 422 ``clock-skew``, 422 ``time.range``.
    """
    branch_code, now, device = current_branch(), clock.now(), _device()
    with transaction() as session:
        branch = branches.get(session, branch_code)
        at, late = arrived_at(session, branch_code, arrival.occurred_at, arrival.sent_at, now)
        agreement = customers.Agreement(arrival.notice, arrival.agreed, device)
        who = customers.recognise_or_register(session, arrival.name, arrival.phone, arrival.plate, agreement)
        visit = Visit.check_in(
            id=uuid7(), branch_id=branch_code, local_date=clock.local_date(at, branch.zone), purpose=arrival.purpose,
            party_size=arrival.party_size, customer_id=who.customer_id, vehicle_id=who.vehicle_id,
            by_phone=arrival.phone is not None, host=arrival.host, source=arrival.source,
            door="kiosk" if device.startswith("kiosk/") else "desk", device=device, consent_version=arrival.notice,
            late=late, checked_in_at=at, received_at=now,
        )  # fmt: skip
        ahead = lines.enter(session, visit, events.visit_checked_in(visit), branch.letter)
        if ahead is None:
            person = visit.customer_id if visit.by_phone else None
            joined = queries.open_visit(session, visit.local_date, person, visit.vehicle_id)
            if joined is None:
                raise RuntimeError("the line says that somebody is in, and nobody is")
            return joined, lines.ahead_of(session, joined)
    return visit, ahead


@action("visits.call")
def call(visit_id: str, version: int | None = None) -> Visit:
    """Call one ticket. For this and all below: ``version`` is the one that was seen, if that matters; Problems 404,
    409 ``visit.state``, 412.
    """
    return _change(visit_id, version, (lambda visit, at: visit.call(at), events.visit_called))


@action("visits.call")
def call_next() -> Visit | None:
    """Call whose turn it is, by class, then by arrival; two receptionists never call the same. None when nobody
    waits.
    """
    with transaction() as session:
        day = clock.local_date(clock.now(), branches.get(session, current_branch()).zone)
        line = lines.hold(session, day)
        visit = queries.next_waiting(session, day) if line else None
        if line is None or visit is None:
            return None
        before = visit.status
        visit.call(clock.now())
        line.move(visit, before)
        session.flush()
        record(session, events.visit_called(visit))
        return visit


@action("visits.greet")
def greet(visit_id: str, version: int | None = None) -> Visit:
    """The first human contact; it stops the greet clock."""
    return _change(visit_id, version, (lambda visit, at: visit.greet(at), events.visit_greeted))


@action("visits.serve")
def serve(visit_id: str, by: str | None = None, version: int | None = None) -> Visit:
    """Serving begins, by ``by`` (a member of staff of this branch, default: who asks); 422 ``unknown-reference``.

    Whoever is served has been met: a visitor whom nobody greeted is greeted by this.
    """
    server = by or current_actor().id
    with transaction() as session:
        # A visit of another branch is none, whatever else the request names.
        if queries.get(session, visit_id) is None:
            raise Problem(404, "not-found")
        if by is not None and not staff.works_here(session, by):
            raise Problem(422, "unknown-reference", errors=[{"pointer": "/staff_id", "code": "unknown-reference"}])
        return _change(
            visit_id, version,
            (lambda visit, at: visit.greet(at) if visit.greeted_at is None else None, events.visit_greeted),
            (lambda visit, at: visit.serve(at, server), events.visit_serving_started),
        )  # fmt: skip


@action("visits.serve")
def take(visit_id: str, version: int | None = None) -> Visit:
    """Whoever asks serves this visitor now; one who still waits is called by it."""
    with transaction() as session:
        visit = queries.get(session, visit_id)
        if visit is not None and visit.status == WAITING:
            version = call(visit_id, version).version
        return serve(visit_id, None, version)


@action("visits.complete")
def complete(visit_id: str, version: int | None = None) -> Visit:
    """Served to the end."""
    return _change(visit_id, version, (lambda visit, at: visit.complete(at), events.visit_completed))


@action("visits.leave")
def leave(visit_id: str, version: int | None = None) -> Visit:
    """The visitor goes without having been served to the end."""
    return _change(visit_id, version, (lambda visit, at: visit.leave(at), events.visit_left))


@action("personal.reveal")
def reveal(visit_id: str, reason: str) -> customers.Contact:
    """Who this visit is of, whole, and the record that they were shown; Problem 404."""
    with transaction() as session:
        visit = queries.read(session, visit_id)
        about = f"customer/{visit.customer_id}" if visit.customer_id else None
        record_access(session, f"visit/{visit_id}", about, customers.Contact._fields, reason)
        pair = visit.customer_id, visit.vehicle_id
        return customers.contacts(session, [pair])[pair]


Step = tuple[Callable[[Visit, datetime], object], Callable[[Visit], NewEvent]]


def _change(visit_id: str, version: int | None, *steps: Step) -> Visit:
    """Take the day's line, then the visit, do the steps and record what each of them changed."""
    with transaction() as session:
        seen = queries.get(session, visit_id)
        line = lines.hold(session, seen.local_date) if seen else None
        visit = queries.get(session, visit_id, lock=True) if line else None
        if line is None or visit is None:
            raise Problem(404, "not-found")
        expect_version(visit.version, version)
        for change, told in steps:
            before = visit.status, visit.version
            change(visit, clock.now())
            if visit.version != before[1]:
                line.move(visit, before[0])
                session.flush()
                record(session, told(visit))
        return visit


def _device() -> str:
    actor = current_actor()
    return f"{actor.kind}/{actor.id}"
