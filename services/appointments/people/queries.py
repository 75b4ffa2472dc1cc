"""Reading who somebody is, for cards on the pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.appointments.people.model import Contact, ContactVehicle, StaffLabel


@dataclass(frozen=True)
class PersonCard:
    """Name of one person and the plate of the car in question; None for what is not known (yet)."""

    name: str | None = None
    plate: str | None = None
    plate_kind: str | None = None
    forgotten: bool = False


Pair = tuple[str | None, str | None]


def cards_of(session: Session, wanted: Collection[Pair]) -> dict[Pair, PersonCard]:
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
    return {pair: _card(people.get(pair[0] or ""), cars.get(pair[1] or "")) for pair in wanted}


def _card(person: Contact | None, car: ContactVehicle | None) -> PersonCard:
    return PersonCard(
        name=person.name if person else None,
        plate=car.plate if car else None,
        plate_kind=car.plate_kind if car else None,
        forgotten=person.forgotten if person else False,
    )


def labels_of(session: Session, staff_ids: Collection[str | None]) -> dict[str, str]:
    """What these colleagues are called, by id; the unknown are left out."""
    wanted = {staff_id for staff_id in staff_ids if staff_id}
    if not wanted:
        return {}
    found = session.execute(select(StaffLabel.staff_id, StaffLabel.label).where(StaffLabel.staff_id.in_(wanted)))
    return dict(found.all())
