"""Fields of what comes in about people and cars. A fault names its code and never repeats what was typed."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from services.reception.customers import phones, plates
from shared.http.fields import FieldFault, Text
from shared.privacy import Private, first_letter
from shared.privacy.fields import tags

MOST_NAME = 64
# What a person is kept for: to be received, called and found again.
PURPOSE = "reception"
KEPT = tags(PURPOSE, "P24M")


class PlateField(ma.fields.String):
    """A Chinese number plate; given to code as ``plates.Plate``."""

    default_error_messages = {"required": "field.required", "null": "field.null"}

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"maxLength": plates.MAX_TYPED, "examples": ["京A12345"], **KEPT}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if type(value) is not str:
            raise FieldFault("text.type")
        try:
            return plates.read_plate(value)
        except plates.NotAPlate as wrong:
            raise FieldFault(wrong.code) from None


class PhoneField(ma.fields.String):
    """A phone number, mainland China unless it says otherwise; given to code as ``phones.Phone``."""

    default_error_messages = {"required": "field.required", "null": "field.null"}

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"maxLength": phones.MAX_TYPED, "examples": ["13812345678"], **KEPT}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if type(value) is not str:
            raise FieldFault("text.type")
        try:
            return phones.read_phone(value)
        except phones.NotAPhone as wrong:
            raise FieldFault(wrong.code) from None


class NameField(Text):
    """A person's name in any script, 1 to 64 characters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(MOST_NAME, metadata=KEPT, **options)


def name_out(**options: Any) -> Private:
    """A name as it goes out: ``欧**`` to who has nothing to do with visitors."""
    return Private(first_letter, right="personal.names", purpose=PURPOSE, **options)


def plate_out(**options: Any) -> Private:
    """A plate as it goes out, as names do: ``京A·***45``."""
    return Private(plates.masked, right="personal.names", purpose=PURPOSE, **options)


def phone_out(**options: Any) -> Private:
    """A phone as it goes out: ``138****1234`` to nearly everybody."""
    return Private(phones.masked, right="personal.read", purpose=PURPOSE, **options)
