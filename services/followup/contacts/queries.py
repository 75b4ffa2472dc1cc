"""Reading contacts: what a care specialist sees of somebody before calling."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.followup.contacts.model import Contact, ContactVehicle, StaffLabel


@dataclass(frozen=True)
class ContactCard:
    """Name and phone of one person, and the plate of the car in question; None for what is not known (yet)."""

    name: str | None = None
    phone: str | None = None
    language: str | None = None
    plate: str | None = None
    plate_kind: str | None = None
    forgotten: bool = False


def cards_of(
    session: Session, wanted: Collection[tuple[str | None, str | None]]
) -> dict[tuple[str | None, str | None], ContactCard]:
    """A card for each (customer id, vehicle id), two statements for all of them; an empty one for who is unknown."""
    customer_ids = {customer_id for customer_id, _ in wanted if customer_id}
    vehicle_ids = {vehicle_id for _, vehicle_id in wanted if vehicle_id}
    people = {
        row.customer_id: row
        for row in session.execute(select(Contact).where(Contact.customer_id.in_(customer_ids))).scalars()
    }
    cars = {
        row.vehicle_id: row
        for row in session.execute(select(ContactVehicle).where(ContactVehicle.vehicle_id.in_(vehicle_ids))).scalars()
    }
    return {(person, car): _card(people.get(person or ""), cars.get(car or "")) for person, car in wanted}


def _card(contact: Contact | None, car: ContactVehicle | None) -> ContactCard:
    plate, kind = (car.plate, car.plate_kind) if car else (None, None)
    if contact is None:
        return ContactCard(plate=plate, plate_kind=kind)
    phone = contact.phones[0] if contact.phones else None
    return ContactCard(contact.name, phone, contact.language, plate, kind, contact.forgotten)


def labels_of(session: Session, staff_ids: Collection[str | None]) -> dict[str, str]:
    """What these colleagues are called, by id; the unknown are left out."""
    wanted = {staff_id for staff_id in staff_ids if staff_id}
    if not wanted:
        return {}
    found = session.execute(select(StaffLabel.staff_id, StaffLabel.label).where(StaffLabel.staff_id.in_(wanted)))
    return dict(found.all())


def forgotten(session: Session, customer_id: str) -> bool:
    """Whether this person was erased."""
    return bool(
        session.execute(select(Contact.forgotten).where(Contact.customer_id == customer_id)).scalar_one_or_none()
    )
