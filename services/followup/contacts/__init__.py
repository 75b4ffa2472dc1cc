"""People and cars as followup needs them to call: name, phones, language, plate. Reception alone knows who they are."""

from services.followup.contacts.queries import ContactCard, cards_of, forgotten

__all__ = ["ContactCard", "cards_of", "forgotten"]
