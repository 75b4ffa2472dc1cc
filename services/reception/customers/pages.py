"""Finding customers, and one customer over all services: each shows its own part, so none hides another."""

from __future__ import annotations

from flask import Blueprint, Response, request

from services.reception.customers import phones, plates, searching
from services.reception.customers.words import WORDS
from shared.access import action, current_actor, needs
from shared.db import reader
from shared.privacy import first_letter
from shared.web.frame import page

blueprint = Blueprint("customer_pages", __name__, template_folder="templates")
_MOST = 50
PARTS = ("reception", "appointments", "followup")


@blueprint.get("/customers")
@needs("staff")
@action("customers.search")
def customers() -> Response:
    """Whom the typed text means (R10.1); without one an empty box."""
    typed = request.args.get("q", "").strip()[: searching.MOST_TYPED]
    with reader() as session:
        found, more = searching.find(session, typed, _MOST) if typed else ([], False)
    return page("customers/found.html", WORDS, typed=typed, found=[_shown(each) for each in found], more=more)


@blueprint.get("/customers/<customer_id>")
@needs("staff")
@action("customers.search")
def customer(customer_id: str) -> Response:
    """One customer of this branch: who, which cars, and a part from each service."""
    with reader() as session:
        found = searching.one(session, customer_id)
    return page("customers/customer.html", WORDS, it=_shown(found), parts=PARTS)


def _shown(hit: searching.Hit) -> dict[str, object]:
    """As people may see it: phones masked, names and plates by right."""
    whole = "personal.names" in current_actor().permissions
    name = hit.name if whole or hit.name is None else first_letter(hit.name)
    return {
        "id": hit.customer_id, "ours": hit.level == searching.OURS, "name": name,
        "phones": [phones.masked(number) for number in hit.phones],
        "plates": [(plate if whole else plates.masked(plate), plates.kind(plate)) for plate in hit.plates],
    }  # fmt: skip
