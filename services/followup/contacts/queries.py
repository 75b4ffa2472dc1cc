"""Reading contacts: what a care specialist sees of somebody before calling."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.followup.contacts.model import Contact, ContactVehicle


@dataclass(frozen=True)
class ContactCard:
    """Name and phone of one person, and the plate of the car in question; None for what is not known (yet)."""

    name: str | None = None
    phone: str | None = None
    language: str | None = None
    plate: str | None = None
    forgotten: bool = False


_NOTHING = ContactCard()


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
    plates = dict(
        session.execute(
            select(ContactVehicle.vehicle_id, ContactVehicle.plate).where(ContactVehicle.vehicle_id.in_(vehicle_ids))
        ).all()
    )
    return {(person, car): _card(people.get(person or ""), plates.get(car or "")) for person, car in wanted}


def _card(contact: Contact | None, plate: str | None) -> ContactCard:
    if contact is None:
        return ContactCard(plate=plate) if plate else _NOTHING
    phone = contact.phones[0] if contact.phones else None
    return ContactCard(contact.name, phone, contact.language, plate, contact.forgotten)


def forgotten(session: Session, customer_id: str) -> bool:
    """Whether this person was erased."""
    return bool(
        session.execute(select(Contact.forgotten).where(Contact.customer_id == customer_id)).scalar_one_or_none()
    )
