"""By what people are found: written with whatever changes a person, their phones or cars; made anew when asked to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from services.reception.customers.model import Acquaintance, Customer, CustomerPhone, CustomerTerm, Ownership, Vehicle
from shared import jobs, search
from shared.db import every_branch, transaction

INDEX = "customers.index"
PAGE = 500
_ACQUAINTANCE: Any = Acquaintance.__table__
_MEET = {
    name: insert(_ACQUAINTANCE).on_conflict_do_nothing()
    for name, insert in (("postgresql", postgresql_insert), ("sqlite", sqlite_insert))
}


class Identity(NamedTuple):
    """What a person is found by."""

    name: str | None
    numbers: list[str]
    plates: list[str]

    def terms(self) -> set[str]:
        """Of all of it."""
        found = search.name_terms(self.name)
        return found.union(*(search.tail_term(each) for each in (*self.numbers, *self.plates)))


def identities(session: Session, ids: Sequence[str]) -> dict[str, Identity]:
    """Names, phones (E.164) and plates of the cars of these people, without the erased; in three statements."""
    people = select(Customer.id, Customer.name).where(Customer.id.in_(ids), Customer.forgotten_at.is_(None))
    found = {row.id: Identity(row.name, [], []) for row in session.execute(people)}
    phones = (
        select(CustomerPhone.customer_id, CustomerPhone.number)
        .where(CustomerPhone.customer_id.in_(ids))
        # A mobile before a landline, the one that finds the person before the others.
        .order_by(CustomerPhone.mobile.desc(), CustomerPhone.finds.desc(), CustomerPhone.number)
    )
    for row in session.execute(phones):
        if row.customer_id in found:
            found[row.customer_id].numbers.append(row.number)
    cars = (
        select(Ownership.customer_id, Vehicle.plate)
        .join(Vehicle, Vehicle.id == Ownership.vehicle_id)
        .where(Ownership.customer_id.in_(ids), Ownership.until.is_(None), Vehicle.plate.is_not(None))
        .order_by(Ownership.since, Vehicle.id)
    )
    for customer_id, plate in session.execute(cars):
        if customer_id in found and plate:
            found[customer_id].plates.append(plate)
    return found


def meet(
    session: Session, branch: str, customer_id: str, now: datetime, registered: Identity | None = None
) -> None:
    """The branch in scope gets to know a person, and finds them from now on. ``registered``: who that is, where the
    caller has just written it.
    """
    row = {"branch_id": branch, "customer_id": customer_id, "since": now}
    session.execute(_MEET[session.get_bind().dialect.name], row)
    identity = registered or identities(session, [customer_id]).get(customer_id)
    if identity is not None:
        search.write(session, CustomerTerm, [(branch, customer_id, identity.terms())])


def add_car(session: Session, branch: str, customer_id: str, vehicle: Vehicle) -> None:
    """A person whom the branch knows has another car. Other branches that know them learn it by a job: this
    transaction may not write there.
    """
    search.write(session, CustomerTerm, [(branch, customer_id, search.tail_term(vehicle.plate))])
    jobs.plan(session, INDEX, f"customer/{customer_id}")


def forget(session: Session, customer_id: str) -> None:
    """Nobody finds the person any more, in no branch; under ``every_branch``."""
    search.forget(session, CustomerTerm, [customer_id])
    session.execute(delete(Acquaintance).where(Acquaintance.customer_id == customer_id))


def renew(session: Session, ids: Sequence[str]) -> int:
    """Make the terms of these people anew in every branch that knows them, under ``every_branch``; returns how many.

    Erased first, read afterwards: what somebody else commits in between is either read here or written after us.
    """
    search.forget(session, CustomerTerm, ids)
    found = identities(session, ids)
    known = select(Acquaintance.branch_id, Acquaintance.customer_id).where(Acquaintance.customer_id.in_(ids))
    return search.write(
        session, CustomerTerm,
        [
            (row.branch_id, row.customer_id, found[row.customer_id].terms())
            for row in session.execute(known)
            if row.customer_id in found
        ],
    )  # fmt: skip


def rebuild() -> int:
    """Make every term of every branch anew, a page of people per transaction, beside running traffic; returns how many.

    It costs seconds per hundred thousand people and may be stopped and started again at any time.
    """
    written, after = 0, ""
    with every_branch():
        while True:
            with transaction() as session:
                page = select(Customer.id).where(Customer.id > after).order_by(Customer.id).limit(PAGE)
                ids = list(session.scalars(page))
                if not ids:
                    return written
                written += renew(session, ids)
            after = ids[-1]
