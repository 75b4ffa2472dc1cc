"""Finding people and cars: by a whole phone, a whole plate or an id, never by a part of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import String, bindparam, exists, func, literal, select, text, true
from sqlalchemy.orm import Session

from services.reception.customers.model import Acquaintance, Consent, Customer, CustomerPhone, Ownership, Vehicle
from shared.db.direct import Direct


class Found(NamedTuple):
    """Where a phone and a plate lead; None where nowhere. ``consented``: the person has given just this consent
    before; ``known_here``: the branch knows the person.
    """

    holder_id: str | None
    vehicle_id: str | None
    keeper_id: str | None
    keeper_name: str | None
    consented: bool
    known_here: bool


class Contact(NamedTuple):
    """What a desk needs of a visitor."""

    name: str | None
    phone: str | None
    plate: str | None


_phone, _vehicle, _ownership = CustomerPhone.__table__, Vehicle.__table__, Ownership.__table__
_customer, _consent, _acquaintance = Customer.__table__, Consent.__table__, Acquaintance.__table__


def _find() -> Any:
    holder = (
        select(_phone.c.customer_id)
        # As the partial index says it: SQLite takes "finds = 1", which a column would become, for something else and
        # reads the whole table at every check-in.
        .where(_phone.c.number == bindparam("phone", type_=String), text("customer_phone.finds"))
        .scalar_subquery()
    )
    car = (
        select(_vehicle.c.id, _customer.c.id.label("keeper_id"), _customer.c.name.label("keeper_name"))
        .select_from(
            _vehicle.outerjoin(
                _ownership, (_ownership.c.vehicle_id == _vehicle.c.id) & _ownership.c.until.is_(None)
            ).outerjoin(_customer, _customer.c.id == _ownership.c.customer_id)
        )
        .where(_vehicle.c.plate == bindparam("plate", type_=String))
        .subquery("car")
    )
    person = select(holder.label("holder_id")).subquery("person")
    consented = exists(
        select(literal(1)).where(
            _consent.c.customer_id == func.coalesce(person.c.holder_id, car.c.keeper_id),
            _consent.c.branch_id == bindparam("branch", type_=String),
            _consent.c.version == bindparam("notice", type_=String),
            _consent.c.purposes == bindparam("purposes", type_=_consent.c.purposes.type),
            _consent.c.withdrawn_at.is_(None),
        )
    )
    known_here = exists(
        select(literal(1)).where(
            _acquaintance.c.customer_id == func.coalesce(person.c.holder_id, car.c.keeper_id),
            _acquaintance.c.branch_id == bindparam("branch", type_=String),
        )
    )
    return select(
        person.c.holder_id, car.c.id, car.c.keeper_id, car.c.keeper_name, consented, known_here.label("known_here")
    ).select_from(person.outerjoin(car, true()))


_FIND = _find()
_FIND_DIRECTLY = Direct(_FIND)


def find(
    session: Session,
    phone: str | None,
    plate: str | None,
    branch: str | None = None,
    notice: str | None = None,
    purposes: list[str] | None = None,
) -> Found:
    """Whom and which car the whole ``phone`` (E.164) and the whole ``plate`` (written form) mean in the group; one
    round trip.
    """
    if not phone and not plate:
        return Found(None, None, None, None, False, False)
    given = {"phone": phone, "plate": plate, "branch": branch, "notice": notice, "purposes": purposes}
    if session.get_bind().dialect.name == "postgresql":
        return Found(*_FIND_DIRECTLY.rows(session, given)[0])
    return Found(*session.execute(_FIND, given).one())


def contacts(session: Session, pairs: Iterable[tuple[str | None, str | None]]) -> dict[tuple[str | None, str | None],
Contact]:
    """Name, phone (E.164) and plate for each pair of a customer's and a vehicle's id. Who shows a phone masks it."""
    wanted = set(pairs)
    people = {customer for customer, _ in wanted if customer}
    cars = {vehicle for _, vehicle in wanted if vehicle}
    names: dict[str, str | None] = {}
    phones: dict[str, str] = {}
    plates: dict[str, str | None] = {}
    if people:
        rows = (
            select(Customer.id, Customer.name, CustomerPhone.number)
            .outerjoin(CustomerPhone, CustomerPhone.customer_id == Customer.id)
            .where(Customer.id.in_(people))
            # A mobile before a landline, the one that finds the person before the others.
            .order_by(CustomerPhone.mobile.desc(), CustomerPhone.finds.desc())
        )
        for customer_id, name, number in session.execute(rows):
            names[customer_id] = name
            if number is not None:
                phones.setdefault(customer_id, number)
    if cars:
        known = select(Vehicle.id, Vehicle.plate).where(Vehicle.id.in_(cars))
        plates = {row.id: row.plate for row in session.execute(known)}
    return {
        (customer, vehicle): Contact(names.get(customer or ""), phones.get(customer or ""), plates.get(vehicle or ""))
        for customer, vehicle in wanted
    }
