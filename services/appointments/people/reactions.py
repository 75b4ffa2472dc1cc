"""Facts about people become copies. Erasure leaves a tombstone, so it may come before what it erases.

An erased person's facts are empty in reception's log afterwards, so a rebuild reads the erasure only: whatever was kept
of the person before must go, or rebuilt and live would differ.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.appointments.people.model import Contact, ContactVehicle, StaffLabel
from shared.events import Event, Handlers

handlers = Handlers()
people = handlers.projection("people", tables=("contact", "contact_vehicle"))
staff_labels = handlers.projection("staff_labels", tables=("staff_label",))


@people.on("reception.customer.registered.v1", "reception.customer.changed.v1")
def on_customer(session: Session, event: Event) -> None:
    """Keep the name, and nothing else."""
    contact = session.get(Contact, event.subject_id)
    if contact is None:
        contact = Contact(customer_id=event.subject_id, forgotten=False, version=0)
        session.add(contact)
    elif contact.forgotten or event.version < contact.version:
        return
    data: Any = event.data
    contact.name, contact.version = data["name"], event.version
    session.flush()


@people.on("reception.vehicle.registered.v1")
def on_vehicle(session: Session, event: Event) -> None:
    """Keep the plate and whose the car is; nothing that names an erased person as the owner."""
    data: Any = event.data
    owner = session.get(Contact, data["customer_id"]) if data["customer_id"] else None
    if owner is not None and owner.forgotten:
        return
    car = session.get(ContactVehicle, event.subject_id)
    if car is None:
        car = ContactVehicle(vehicle_id=event.subject_id, forgotten=False, version=0)
        session.add(car)
    elif car.forgotten or event.version < car.version:
        return
    car.plate, car.plate_kind, car.customer_id = data["plate"], data["plate_kind"], data["customer_id"]
    car.version = event.version
    session.flush()


@people.on("reception.customer.forgotten.v1")
def on_forgotten(session: Session, event: Event) -> None:
    """Empty the person's rows for good, known or not yet known.

    The fact names the cars that go with the person; a car with another keeper stays. Where only the subject is known,
    every car that we believe to be theirs goes.
    """
    customer_id = event.subject_id
    _bury(session, Contact, customer_id, name=None, version=event.version)
    owned = select(ContactVehicle.vehicle_id).where(ContactVehicle.customer_id == customer_id)
    gone = event.data["vehicle_ids"] if event.data else session.execute(owned).scalars().all()
    for vehicle_id in gone:
        _bury(session, ContactVehicle, vehicle_id, plate=None, plate_kind=None, customer_id=None, version=0)
    session.execute(update(ContactVehicle).where(ContactVehicle.customer_id == customer_id).values(customer_id=None))


@staff_labels.on("reception.staff.joined.v1", "reception.staff.changed.v1")
def on_staff_told(session: Session, event: Event) -> None:
    """Keep what a colleague is called. One source tells of them, so the last one holds."""
    data: Any = event.data
    session.merge(StaffLabel(staff_id=data["staff_id"], label=data["label"]))
    session.flush()


def _bury(session: Session, entity: type[Contact] | type[ContactVehicle], id: str, **empty: object) -> None:
    row: Any = session.get(entity, id)
    if row is None:
        row = entity(**{"customer_id" if entity is Contact else "vehicle_id": id})
        session.add(row)
    for name, value in empty.items():
        setattr(row, name, value)
    row.forgotten = True
    session.flush()
