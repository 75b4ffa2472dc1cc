"""People and cars as followup needs them to call: name, phones, language, plate. Reception alone knows who they are."""

from services.followup.contacts.fields import PURPOSE, name_out, phone_out, plate_out, seen
from services.followup.contacts.queries import ContactCard, cards_of, forgotten, labels_of

__all__ = [
    "PURPOSE", "ContactCard", "cards_of", "forgotten", "labels_of", "name_out", "phone_out", "plate_out", "seen",
]  # fmt: skip
