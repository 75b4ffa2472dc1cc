"""Names and plates as whoever asks may see them."""

from __future__ import annotations

from dataclasses import replace

from services.appointments.people.queries import PersonCard
from shared.access import current_actor
from shared.privacy import first_letter

NAMES, PLATES = "personal.names", "personal.plates"


def seen(card: PersonCard) -> PersonCard:
    """What who asks has the rights to see whole (S13), the rest as ``欧**`` and ``京A·***45``."""
    rights = current_actor().permissions
    return replace(
        card,
        name=card.name if NAMES in rights or not card.name else first_letter(card.name),
        plate=card.plate if PLATES in rights or not card.plate else masked_plate(card.plate),
    )


def masked_plate(plate: str) -> str:
    """``京A12345`` → ``京A·***45``."""
    return f"{plate[:2]}·***{plate[-2:]}"
