"""What may not come in at a kiosk, row by row of the bad-input catalogue; and what only looks bad."""

from __future__ import annotations

import pytest

from services.reception.customers.model import Customer, CustomerPhone, Vehicle
from tests.reception.door import BEIJING, check_in, facts, kiosk

pytestmark = pytest.mark.duty("R1.1")

BAD = [
    ("plate", "京I12345", "plate.format"), ("plate", "京AO1234", "plate.format"), ("plate", "XX12345", "plate.format"),
    ("plate", "沪C1234", "plate.format"), ("plate", "沪C1234567", "plate.format"), ("plate", "🚗", "plate.format"),
    ("plate", "", "plate.format"), ("plate", "京A12345\n", "plate.format"), ("plate", "京А12345", "plate.lookalike"),
    ("plate", "京A" + "1" * 5000, "plate.format"), ("plate", 12345, "text.type"), ("plate", ["京A12345"], "text.type"),
    ("phone", "12812345678", "phone.format"), ("phone", "1391234567", "phone.format"),
    ("phone", "139123456789", "phone.format"), ("phone", "abc", "phone.format"),
    ("phone", "138\u202e12345678", "text.control"), ("phone", "13812345678;ext=1", "phone.format"),
    ("phone", "1" * 5000, "phone.format"), ("phone", "+" * 30, "phone.format"), ("phone", 13812345678, "text.type"),
    ("name", "a\x00b", "text.control"), ("name", "a\u202eb", "text.control"), ("name", "a\u200bb", "text.control"),
    ("name", "\ufeffa", "text.control"), ("name", "e" + "\u0301" * 500, "text.too_long"),
    ("name", "q" + "\u0323" * 9, "text.control"), ("name", "   ", "text.empty"), ("name", "　", "text.empty"),
    ("name", "王" * 65, "text.too_long"), ("name", True, "text.type"),
    ("purpose", "coffee", "field.choice"), ("purpose", ..., "field.required"), ("purpose", None, "field.null"),
    ("party_size", 0, "number.range"), ("party_size", 100, "number.range"), ("party_size", "2", "number.type"),
    ("party_size", True, "number.type"), ("party_size", 1.5, "number.type"),
    ("source", "朋友", "code.format"), ("host", "李" * 65, "text.too_long"),
    ("occurred_at", "2026-11-23T10:00", "time.offset_required"), ("occurred_at", "2026-02-29T10:00:00Z", "time.format"),
    ("occurred_at", "2026-11-23T24:00:00Z", "time.format"), ("occurred_at", "2026-11-23T10:00:00+25:00", "time.format"),
    ("occurred_at", 1795399200, "time.format"), ("occurred_at", "1969-12-31T00:00:00Z", "time.range"),
    ("occurred_at", ..., "field.required"), ("status", "done", "field.unknown"),
    ("branch", "sh-pudong", "field.unknown"),
]  # fmt: skip


def test_bad_input_is_named_by_its_code_and_never_repeated(house):
    key = kiosk(house)
    wrong = []
    for field, value, code in BAD:
        answer = check_in(house, key, **{field: value})
        found = [(each["pointer"], each["code"]) for each in answer.json.get("errors", [])]
        if answer.status_code != 422 or found != [(f"/{field}", code)]:
            wrong.append((field, value, code, answer.status_code, found))
        if isinstance(value, str) and len(value) > 3 and field in ("name", "phone", "plate") and value in answer.text:
            wrong.append((field, value, "repeated"))
    assert wrong == []
    assert facts(house, kind="visit%") == []


def test_all_faults_are_told_at_once(house):
    answer = check_in(house, kiosk(house), plate="XX12345", phone="1", purpose="coffee")
    assert {each["pointer"] for each in answer.json["errors"]} == {"/plate", "/phone", "/purpose"}


def test_without_the_notice_nobody_is_checked_in(house):
    key = kiosk(house)
    for consent in (..., None, {}, {"purposes": []}, {"version": None, "purposes": []}, {"version": " "}):
        answer = check_in(house, key, consent=consent, phone="13812345678")
        assert (answer.status_code, answer.json["type"]) == (422, "/problems/consent-required"), consent
    assert facts(house, kind="customer%") == []


def test_a_consent_names_purposes_that_exist_once(house):
    key = kiosk(house)
    for purposes in (["everything"], ["survey", "survey"], "survey", [1]):
        answer = check_in(house, key, consent={"version": "1", "purposes": purposes})
        assert (answer.status_code, answer.json["type"]) == (422, "/problems/validation"), purposes


GOOD = [
    *((plate, plate, kind) for plate, kind in (
        ("京A12345", "ordinary"), ("京AD12345", "new_energy"), ("京A12345F", "new_energy"), ("粤Z1234港", "hong_kong"),
        ("粤Z1234澳", "macau"), ("京A1234警", "police"), ("京A1234学", "learner"), ("京A1234挂", "trailer"),
        ("使014578", "embassy"), ("沪A1234领", "consulate"), ("WJ京12345", "armed_police"), ("京A12345临", "temporary"),
        ("京X1234应急", "emergency"),
    )),
    ("京b１２３４５", "京B12345", "ordinary"), ("京C·12345", "京C12345", "ordinary"),
    ("京D 123 45", "京D12345", "ordinary"),
]  # fmt: skip
PHONES = {
    "13812345678": "+8613812345678", "+86 139 1234 5678": "+8613912345678", "0086-137-1234-5678": "+8613712345678",
    "１３６１２３４５６７８": "+8613612345678", "010-12345678": "+861012345678", "+852 2123 4567": "+85221234567",
}  # fmt: skip
NAMES = ["欧阳娜娜", "阿卜杜拉·买买提", "José", "𠮷野", "李😀", "=1+1", "<script>", "{{7*7}}", "' OR 1=1--"]


def test_every_kind_of_plate_has_one_written_form(house):
    key = kiosk(house)
    assert [check_in(house, key, plate=typed).status_code for typed, _, _ in GOOD] == [201] * len(GOOD)
    with house.reading("reception", BEIJING) as session:
        stored = {(car.plate, car.plate_kind) for car in session.query(Vehicle)}
    assert stored == {(written, kind) for _, written, kind in GOOD}


def test_phones_are_stored_in_one_form(house):
    key = kiosk(house)
    assert [check_in(house, key, phone=typed).status_code for typed in PHONES] == [201] * len(PHONES)
    with house.reading("reception", BEIJING) as session:
        stored = {phone.number: phone.mobile for phone in session.query(CustomerPhone)}
    assert set(stored) == set(PHONES.values())
    assert {number for number, mobile in stored.items() if not mobile} == {"+861012345678", "+85221234567"}


def test_names_of_any_script_come_back_as_they_were(house):
    key = kiosk(house)
    assert [check_in(house, key, name=name).status_code for name in NAMES] == [201] * len(NAMES)
    with house.reading("reception", BEIJING) as session:
        assert {customer.name for customer in session.query(Customer)} == set(NAMES)
