"""Reading what people type, without a service."""

from __future__ import annotations

import time

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.reception.customers.phones import NotAPhone, Phone, masked, read_phone
from services.reception.customers.plates import NotAPlate, read_plate

pytestmark = pytest.mark.duty("R10.1")


@given(st.text(max_size=60))
def test_any_text_is_a_plate_or_is_refused(text):
    try:
        plate = read_plate(text)
    except NotAPlate:
        return
    assert read_plate(plate.number) == plate


@given(st.text(max_size=60))
def test_any_text_is_a_phone_or_is_refused(text):
    try:
        phone = read_phone(text)
    except NotAPhone:
        return
    assert read_phone(phone.number) == phone


@example("17996005000")  # begins with what the parser takes for a carrier's dialling code
@given(st.integers(10_000_000_000, 19_999_999_999).map(str))
def test_a_mainland_mobile_is_one_that_the_numbering_plan_knows(digits):
    plan = phonenumbers.PhoneNumber(country_code=86, national_number=int(digits))
    known = phonenumbers.number_type(plan) == phonenumbers.PhoneNumberType.MOBILE
    try:
        assert read_phone(digits) == Phone(f"+86{digits}", mobile=True)
    except NotAPhone:
        assert not known
    else:
        assert known


@given(st.from_regex(r"\A[0-9 ()+-]{3,34}\Z"))
def test_digits_in_any_dress_have_one_form(text):
    try:
        phone = read_phone(text)
    except NotAPhone:
        return
    assert phone.number.startswith("+")
    assert read_phone(phone.number) == phone


@pytest.mark.parametrize("text", ["a" * 28 + "!", "京A" + "1" * 65_000, "(" * 65_000, "1 " * 32_000, "\u0301" * 64_000])
def test_nothing_takes_long_to_refuse(text):
    began = time.perf_counter()
    with pytest.raises(NotAPlate):
        read_plate(text)
    with pytest.raises(NotAPhone):
        read_phone(text)
    assert time.perf_counter() - began < 0.05


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613812341234", "138****1234"),
        ("+85221234567", "+852****4567"),
        ("+861012345678", "****78"),
        ("+4712", "****12"),
    ],
)
def test_a_masked_phone_shows_who_it_might_be_and_no_more(number, shown):
    assert masked(number) == shown


@pytest.mark.parametrize("text", ["京А12345", "京Α12345", "京A1234５Ｏ", "京Ạ12345"])
def test_letters_of_other_scripts_do_not_pass_for_ours(text):
    with pytest.raises(NotAPlate):
        read_plate(text)
