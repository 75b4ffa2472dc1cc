"""People and cars as followup needs them to call: name, phones, language, plate. Reception alone knows who they are."""

from services.followup.contacts.fields import PURPOSE, name_out, phone_out, plate_out
from services.followup.contacts.queries import ContactCard, cards_of, forgotten

__all__ = ["PURPOSE", "ContactCard", "cards_of", "forgotten", "name_out", "phone_out", "plate_out"]
