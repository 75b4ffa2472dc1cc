"""Fields of what comes in about people and cars. A fault names its code and never repeats what was typed."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from services.reception.customers import phones, plates
from shared.http.fields import FieldFault, Text

MOST_NAME = 64


class PlateField(ma.fields.String):
    """A Chinese number plate; given to code as ``plates.Plate``."""

    default_error_messages = {"required": "field.required", "null": "field.null"}

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"maxLength": plates.MAX_TYPED, "examples": ["京A12345"]}, **options)

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
        super().__init__(metadata={"maxLength": phones.MAX_TYPED, "examples": ["13812345678"]}, **options)

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
        super().__init__(MOST_NAME, **options)
