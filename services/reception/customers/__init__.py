"""People and cars that the group knows. Other capabilities recognise and register through what is named here."""

from services.reception.customers.actions import Agreement, Recognised, forget, recognise_or_register
from services.reception.customers.queries import Contact, contacts

__all__ = ["Agreement", "Contact", "Recognised", "contacts", "forget", "recognise_or_register"]
