"""Customers, cars and colleagues as the service desk needs them: name, plate, label. Reception alone knows who they
are; phones never come here."""

from services.appointments.people.queries import PersonCard, cards_of, labels_of
from services.appointments.people.seen import seen

__all__ = ["PersonCard", "cards_of", "labels_of", "seen"]
