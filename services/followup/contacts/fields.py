"""How people and cars go out from here: masked for who has not the right."""

from __future__ import annotations

from typing import Any

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


def masked_phone(phone: str) -> str:
    """``+8613812345678`` → ``138****5678``; of a shorter or foreign number only the last two digits stay."""
    local = phone.removeprefix("+86")
    if len(local) == 11 and local.startswith("1"):
        return f"{local[:3]}****{local[-4:]}"
    return f"****{local[-2:]}"


def masked_plate(plate: str) -> str:
    """``京A12345`` → ``京A·***45``."""
    return f"{plate[:2]}·***{plate[-2:]}"
