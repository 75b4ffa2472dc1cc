"""Recognising and registering people and cars, keeping what they agreed to, and erasing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select, true, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from services.reception.base import Base
from services.reception.customers import events, indexing, queries
from services.reception.customers.model import Consent, Customer, CustomerPhone, Ownership, Vehicle
from services.reception.customers.phones import Phone
from services.reception.customers.plates import Plate
from shared import clock, files
from shared.access import action
from shared.db import current_branch, every_branch, transaction
from shared.events import NewEvent, record, record_many, redact
from shared.http.idempotency import redact as redact_answers
from shared.http.problems import Problem
from shared.ids import uuid7

_TABLES: tuple[Any, ...] = tuple(model.__table__ for model in (Customer, CustomerPhone, Vehicle, Ownership, Consent))
_INSERTS: dict[str, dict[str, Any]] = {
    name: {table.name: insert(table).on_conflict_do_nothing().returning(true()) for table in _TABLES}
    for name, insert in (("postgresql", postgresql_insert), ("sqlite", sqlite_insert))
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """The notice that was shown, what was agreed to, and on which device (``kiosk/<id>``, ``staff/<id>``)."""

    version: str
    purposes: Sequence[str]
    device: str


class Recognised(NamedTuple):
    """``known`` says that the person or the car was known before; it is for the desk, never for a kiosk."""

    customer_id: str | None
    vehicle_id: str | None
    known: bool


@action("customers.register")
def recognise_or_register(
    session: Session, name: str | None, phone: Phone | None, plate: Plate | None, agreement: Agreement | None = None
) -> Recognised:
    """Who came, and in which car: found by whole phone and whole plate over the group, registered when new (R1.1).

    - The phone decides about the person. Another name on a known phone changes nothing and merges nothing: two people
      may share a phone, and who they are is settled at the desk.
    - A new phone is a new person, also when the car is known: somebody else may bring it.
    - Without a phone, the car's keeper is taken to have come, unless another name was typed: that is a new person.
    - A car belongs to whoever first came with it; a different driver does not make it theirs.

    Works in the caller's transaction and records customer.registered, vehicle.registered and consent.given.
    """
    branch, now = current_branch(), clock.now()
    purposes = sorted(set(agreement.purposes)) if agreement else None
    number, plate_number = (phone.number if phone else None), (plate.number if plate else None)
    asked = (number, plate_number, branch, agreement.version if agreement else None, purposes)
    found = first = queries.find(session, *asked)
    told: list[NewEvent] = []
    registered: indexing.Identity | None = None

    customer_id = _person(found, name, phone)
    if customer_id is None and (phone or name):
        customer = _register_customer(session, name, phone, branch, now)
        if customer is None:
            # Somebody registered the same phone at this very moment and has committed: now it is known.
            found = queries.find(session, *asked)
            customer_id = _person(found, name, phone)
        else:
            found = found._replace(consented=False, known_here=False)
            customer_id = customer.id
            registered = indexing.Identity(name, [number] if number else [], [])
            told.append(events.customer_registered(customer, [number] if number else []))

    vehicle_id = found.vehicle_id
    if vehicle_id is None and plate:
        vehicle = _register_vehicle(session, plate, customer_id, now)
        if vehicle is None:
            vehicle_id = queries.find(session, *asked).vehicle_id
        else:
            vehicle_id = vehicle.id
            told.append(events.vehicle_registered(vehicle, customer_id))
            if registered:
                registered.plates.append(plate.number)
            elif customer_id:
                indexing.add_car(session, branch, customer_id, vehicle)
    if customer_id and not found.known_here:
        indexing.meet(session, branch, customer_id, now, registered)

    # The visit carries the notice's version; a row of its own is for somebody's answer, once.
    if agreement and not found.consented and (customer_id or purposes):
        consent = Consent(
            id=uuid7(), customer_id=customer_id, branch_id=branch, version=agreement.version, purposes=purposes,
            device=agreement.device, given_at=now,
        )  # fmt: skip
        _write(session, consent)
        told.append(events.consent_given(consent))
    record_many(session, told)
    return Recognised(customer_id, vehicle_id, known=bool(first.holder_id or first.vehicle_id))


@action("customers.forget")
def forget(customer_id: str) -> None:
    """Erase a person: names, phones, the plates of their cars, consents, in the rows and in the log; ids and
    positions stay.

    Visits keep the id of a person who has no name any more. Problem 404 for an unknown id; doing it again changes
    nothing. Every branch forgets, so it is never part of one branch's transaction.
    """
    with every_branch(), transaction() as session:
        customer = session.get(Customer, customer_id, with_for_update=True, populate_existing=True)
        if customer is None:
            raise Problem(404, "not-found")
        if customer.forgotten_at is not None:
            return
        now = clock.now()
        cars = list(session.scalars(select(Ownership.vehicle_id).where(Ownership.customer_id == customer_id)))
        # A car that has another keeper now is that person's, and stays.
        kept = set(session.scalars(
            select(Ownership.vehicle_id).where(
                Ownership.vehicle_id.in_(cars), Ownership.until.is_(None), Ownership.customer_id != customer_id
            )
        ))  # fmt: skip
        cars = sorted(set(cars) - kept)
        consents = list(session.scalars(select(Consent.id).where(Consent.customer_id == customer_id)))
        customer.name = customer.language = None
        customer.forgotten_at = now
        customer.version += 1
        session.execute(delete(CustomerPhone).where(CustomerPhone.customer_id == customer_id))
        session.execute(
            update(Vehicle)
            .where(Vehicle.id.in_(cars))
            .values(plate=None, plate_kind="none", forgotten_at=now, version=Vehicle.version + 1)
        )
        session.flush()
        indexing.forget(session, customer_id)
        subjects = [
            f"customer/{customer_id}", *(f"vehicle/{each}" for each in cars), *(f"consent/{each}" for each in consents)
        ]  # fmt: skip
        redact(session, subjects)
        for subject in subjects:
            redact_answers(session, subject)
            files.release_owned(session, subject)
        record(session, events.customer_forgotten(customer, cars, consents))


def _person(found: queries.Found, name: str | None, phone: Phone | None) -> str | None:
    """Whom the check-in means among those we know."""
    if phone is None and (not name or name == found.keeper_name):
        return found.keeper_id
    return found.holder_id


def _register_customer(
    session: Session, name: str | None, phone: Phone | None, branch: str, now: datetime
) -> Customer | None:
    customer = Customer(id=uuid7(), name=name, language=None, first_branch=branch, registered_at=now, version=1)
    _write(session, customer)
    if phone:
        held = CustomerPhone(customer_id=customer.id, number=phone.number, mobile=phone.mobile, finds=True)
        if not _write(session, held):
            session.execute(delete(Customer).where(Customer.id == customer.id))
            return None
    return customer


def _register_vehicle(session: Session, plate: Plate, keeper_id: str | None, now: datetime) -> Vehicle | None:
    vehicle = Vehicle(id=uuid7(), plate=plate.number, plate_kind=plate.kind, registered_at=now, version=1)
    if not _write(session, vehicle):
        return None
    if keeper_id:
        _write(session, Ownership(id=uuid7(), vehicle_id=vehicle.id, customer_id=keeper_id, since=now))
    return vehicle


def _write(session: Session, new: Base) -> bool:
    """Insert a row, by Core: this is the way of every new visitor. False when somebody else has its place already."""
    table: Any = type(new).__table__
    values = {column.name: getattr(new, column.name) for column in table.c}
    return session.execute(_INSERTS[session.get_bind().dialect.name][table.name], values).first() is not None
