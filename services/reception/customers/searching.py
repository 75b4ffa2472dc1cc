"""Who may find whom, by how much, and how much they then see (architecture: who sees what).

A branch finds the people it knows by a part of a name, the end of a phone or of a plate. Of everybody else in the
group it finds only the one whose whole phone or plate somebody typed, and then sees little: somebody stands at the
desk and says who they are, which is not a reason to browse the customers of another branch.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.reception.customers import indexing, phones, plates, queries
from services.reception.customers.model import Acquaintance, Customer, CustomerTerm
from shared import search
from shared.access import action
from shared.db import current_branch
from shared.http.problems import Problem
from shared.privacy import first_letter

OURS, GROUP = "branch", "group"
MOST_TYPED = 64


class Hit(NamedTuple):
    """Somebody who was found. ``level``: ``branch`` with everything, ``group`` with the name masked and no phone."""

    customer_id: str
    level: str
    name: str | None
    phones: list[str]
    plates: list[str]
    known_at: str


@action("customers.search")
def find(session: Session, typed: str, limit: int) -> tuple[list[Hit], bool]:
    """At most ``limit`` people whom ``typed`` means, and whether there are more; the one meant by a whole phone or
    plate first.
    """
    term = search.query_term(typed)
    ours = search.lookup(session, CustomerTerm, term, limit + 1) if term else []
    whole = _whole(session, typed)
    if whole is not None:
        known = whole in ours or _known_here(session, whole)
        ours = [whole] * known + [each for each in ours if each != whole]
        if not known:
            return _hits(session, ours[: limit - 1], stranger=whole), len(ours) >= limit
    return _hits(session, ours[:limit]), len(ours) > limit


@action("customers.search")
def one(session: Session, customer_id: str) -> Hit:
    """Somebody whom the present branch knows; Problem 404 for anybody else, so that nobody browses other branches."""
    found = _hits(session, [customer_id]) if _known_here(session, customer_id) else []
    if not found:
        raise Problem(404, "not-found")
    return found[0]


def rebuild() -> int:
    """Make everything by which customers are found anew; returns how many terms. For the operator's command."""
    return indexing.rebuild()


def _whole(session: Session, typed: str) -> str | None:
    """Whom a whole phone or a whole plate means in the group."""
    try:
        found = queries.find(session, phones.read_phone(typed).number, None)
    except phones.NotAPhone:
        try:
            found = queries.find(session, None, plates.read_plate(typed).number)
        except plates.NotAPlate:
            return None
    return found.holder_id or found.keeper_id


def _known_here(session: Session, customer_id: str) -> bool:
    known = select(Acquaintance.customer_id).where(
        Acquaintance.branch_id == current_branch(), Acquaintance.customer_id == customer_id
    )
    return session.execute(known).first() is not None


def _hits(session: Session, ours: list[str], stranger: str | None = None) -> list[Hit]:
    ids = [stranger, *ours] if stranger else ours
    found = indexing.identities(session, ids)
    first_at = select(Customer.id, Customer.first_branch).where(Customer.id.in_(found))
    known_at = {row.id: row.first_branch for row in session.execute(first_at)} if found else {}
    hits = []
    for customer_id in ids:
        identity = found.get(customer_id)
        if identity is None:
            continue
        name, numbers = identity.name, identity.numbers
        level = OURS
        if customer_id == stranger:
            level, name, numbers = GROUP, first_letter(name) if name else None, []
        hits.append(Hit(customer_id, level, name, numbers, identity.plates, known_at[customer_id]))
    return hits
