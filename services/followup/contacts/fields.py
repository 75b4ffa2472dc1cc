"""How people and cars go out from here: masked for who has not the right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.followup.contacts.queries import ContactCard
from shared.access import current_actor
from shared.privacy import Private, first_letter

# A contact is kept to be called after the work.
PURPOSE = "follow_up"


def name_out(**options: Any) -> Private:
    """``欧**`` to who calls nobody."""
    return Private(first_letter, right="personal.names", purpose=PURPOSE, **options)


def plate_out(**options: Any) -> Private:
    """``京A·***45`` to who calls nobody."""
    return Private(masked_plate, right="personal.names", purpose=PURPOSE, **options)


def phone_out(**options: Any) -> Private:
    """``138****5678``; whole in the answer of a reveal."""
    return Private(masked_phone, right="personal.read", purpose=PURPOSE, **options)


def seen(card: ContactCard) -> ContactCard:
    """The card as a page may show it: the same masks by the same rights as in the answers of the API (S13)."""
    rights = current_actor().permissions
    return replace(
        card,
        name=card.name if "personal.names" in rights or not card.name else first_letter(card.name),
        plate=card.plate if "personal.names" in rights or not card.plate else masked_plate(card.plate),
        phone=card.phone and masked_phone(card.phone),
    )


def masked_phone(phone: str) -> str:
    """``+8613812345678`` → ``138****5678``; of a shorter or foreign number only the last two digits stay."""
    local = phone.removeprefix("+86")
    if len(local) == 11 and local.startswith("1"):
        return f"{local[:3]}****{local[-4:]}"
    return f"****{local[-2:]}"


def masked_plate(plate: str) -> str:
    """``京A12345`` → ``京A·***45``."""
    return f"{plate[:2]}·***{plate[-2:]}"
