"""Phone numbers: stored in E.164, mainland China unless the number says otherwise."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import phonenumbers
from phonenumbers import PhoneNumberType

HOME = "CN"
MAX_TYPED = 32

# A closed alphabet: no extensions, no letters that spell a number, no parameters.
_TYPED = re.compile(r"\+?[0-9 ()-]{5,31}", re.ASCII)
_MAINLAND_MOBILE = re.compile(r"1[0-9]{10}", re.ASCII)
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


class NotAPhone(ValueError):
    """Nobody can be called at that; the text itself is never repeated."""

    code = "phone.format"


@dataclass(frozen=True, slots=True)
class Phone:
    """``number`` in E.164 (``+8613812345678``); ``mobile`` is False for a landline, which takes no text messages."""

    number: str
    mobile: bool


@cache
def _mobile(first: str) -> bool:
    # Whether a mainland mobile number exists is decided by its first digits; five of them name no person.
    # Not parsed: 17950 to 17999 are prefixes of old carriers, which the parser would strip as dialling codes.
    number = phonenumbers.PhoneNumber(country_code=86, national_number=int(f"{first}000000"))
    return phonenumbers.number_type(number) == PhoneNumberType.MOBILE


def read_phone(text: str) -> Phone:
    """The number that ``text`` means. Raises NotAPhone."""
    if len(text) > MAX_TYPED:
        raise NotAPhone(NotAPhone.code)
    plain = unicodedata.normalize("NFKC", text).strip(" ")
    if not _TYPED.fullmatch(plain):
        raise NotAPhone(NotAPhone.code)
    if _MAINLAND_MOBILE.fullmatch(plain) and _mobile(plain[:5]):
        # Almost everybody: without the general case, which costs as much as a statement to the database.
        return Phone(f"+86{plain}", mobile=True)
    try:
        number = phonenumbers.parse(plain, HOME)
    except phonenumbers.NumberParseException:
        raise NotAPhone(NotAPhone.code) from None
    kind = phonenumbers.number_type(number)
    # A ten-digit number without its trunk 0 would pass as a landline; at a desk it is a mobile with a digit missing.
    no_trunk = kind == PhoneNumberType.FIXED_LINE and not plain.startswith(("+", "0", "("))
    if kind == PhoneNumberType.UNKNOWN or no_trunk or number.extension:
        raise NotAPhone(NotAPhone.code)
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), kind in _MOBILE)


def masked(number: str) -> str:
    """How a phone is shown on screens: ``138****1234``; of a short number only the last two digits."""
    local = number.removeprefix("+86")
    if len(local) >= 11:
        return f"{local[:-8]}****{local[-4:]}"
    return f"****{local[-2:]}"
