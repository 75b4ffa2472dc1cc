"""People and cars that the group knows. Other capabilities recognise, register and show through what is named here."""

from services.reception.customers.actions import Agreement, Recognised, forget, recognise_or_register
from services.reception.customers.fields import NameField, PhoneField, PlateField
from services.reception.customers.model import PURPOSES
from services.reception.customers.phones import Phone, masked
from services.reception.customers.plates import Plate
from services.reception.customers.queries import Contact, contacts

__all__ = [
    "PURPOSES",
    "Agreement",
    "Contact",
    "NameField",
    "Phone",
    "PhoneField",
    "Plate",
    "PlateField",
    "Recognised",
    "contacts",
    "forget",
    "masked",
    "recognise_or_register",
]
