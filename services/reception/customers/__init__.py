"""People and cars that the group knows. Other capabilities recognise, register and show through what is named here."""

from services.reception.customers.actions import Agreement, Recognised, forget, recognise_or_register
from services.reception.customers.fields import (
    PURPOSE,
    NameField,
    PhoneField,
    PlateField,
    name_out,
    phone_out,
    plate_out,
)
from services.reception.customers.model import PURPOSES
from services.reception.customers.phones import Phone
from services.reception.customers.plates import Plate
from services.reception.customers.plates import kind as plate_kind
from services.reception.customers.plates import masked as plate_masked
from services.reception.customers.queries import Contact, contacts

__all__ = [
    "PURPOSE",
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
    "name_out",
    "phone_out",
    "plate_kind",
    "plate_masked",
    "plate_out",
    "recognise_or_register",
]
