"""The events as data: what is promised to everybody who listens."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest

from shared import contracts
from shared.contracts import loader
from tests.contracts.freeze import ever_sent, fingerprint

EVERY = [pytest.param(contract, id=contract.type) for contract in contracts.all()]


@pytest.mark.parametrize("contract", EVERY)
def test_a_golden_example_keeps_its_contract(contract):
    contracts.validate(contract.type, contract.example)
    # The fast validator and the reference implementation must be of one mind.
    jsonschema.Draft7Validator.check_schema(contract.schema)
    jsonschema.Draft7Validator(contract.schema).validate(contract.example)


@pytest.mark.parametrize("contract", EVERY)
def test_a_contract_is_closed_and_names_itself_in_both_languages(contract):
    assert contract.schema["type"] == "object"
    assert contract.schema["additionalProperties"] is False
    assert set(contract.schema["required"]) <= set(contract.schema["properties"])
    assert contract.title["en"].strip()
    assert re.search(r"[\u4e00-\u9fff]", contract.title["zh"])


@pytest.mark.parametrize("contract", EVERY)
def test_a_contract_refuses_what_it_does_not_know(contract):
    with pytest.raises(contracts.ContractBroken):
        contracts.validate(contract.type, contract.example | {"x_unknown": 1})
    for field in contract.schema["required"]:
        short = {key: value for key, value in contract.example.items() if key != field}
        with pytest.raises(contracts.ContractBroken):
            contracts.validate(contract.type, short)


def test_what_was_ever_sent_still_stands_unchanged_and_still_passes():
    known = ever_sent()
    gone = [type for type in known if type not in {c.type for c in contracts.all()}]
    assert not gone, f"contracts of events that stand in logs were removed: {gone}"
    changed = [c.type for c in contracts.all() if c.type in known and fingerprint(c.example) != known[c.type]]
    assert not changed, f"golden examples were changed; a breaking change is a new version: {changed}"


def test_every_contract_is_frozen():
    fresh = [c.type for c in contracts.all() if c.type not in ever_sent()]
    assert not fresh, f"run `python -m tests.contracts.freeze` to remember: {fresh}"


def test_a_changed_example_is_noticed():
    contract = contracts.all()[0]
    field = next(iter(contract.example))
    assert fingerprint(contract.example | {field: "another"}) != fingerprint(contract.example)


def test_types_say_who_sends_them_and_which_version():
    contract = contracts.get("appointments.repair_order.handed_over.v1")
    assert (contract.service, contract.name, contract.version, contract.family) == (
        "appointments", "repair_order.handed_over", 1, "repair_order",
    )  # fmt: skip
    assert contract.personal is False


@pytest.mark.parametrize(
    "type",
    [
        "appointments.repair_order.handed_over.v99",
        "nobody.visit.seen.v1",
        "../../etc.passwd.v1",
        "",
        "reception.visit.v1",
        "a.b.c.v0",
    ],
)
def test_an_unknown_type_is_refused(type):
    with pytest.raises(contracts.UnknownContract):
        contracts.get(type)
    with pytest.raises(contracts.UnknownContract):
        contracts.validate(type, {})


@pytest.mark.parametrize(
    ("type", "personal"),
    [
        ("reception.customer.registered.v1", True),
        ("reception.vehicle.owner_changed.v7", True),
        ("reception.consent.given.v1", True),
        ("appointments.contact.met.v1", True),
        ("reception.staff.joined.v1", True),
        ("reception.visit.checked_in.v1", False),
        ("appointments.repair_order.handed_over.v1", False),
        ("reception.customers.registered.v1", False),
    ],
)
def test_five_families_are_personal_whether_we_know_the_type_or_not(type, personal):
    assert contracts.is_personal(type) is personal


def test_a_breach_names_the_place_and_the_rule_and_never_the_value():
    type = "appointments.promise.made.v1"
    secret = "王小明 13812345678"
    with pytest.raises(contracts.ContractBroken) as caught:
        contracts.validate(type, contracts.get(type).example | {"reason": secret})
    assert (caught.value.path, caught.value.rule) == ("/reason", "enum")
    assert secret not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_pointers_reach_into_lists():
    assert loader._pointer("data.phones[0].number") == "/phones/0/number"
    assert loader._pointer("data") == ""


def test_a_contract_file_with_another_shape_is_refused(tmp_path, monkeypatch):
    (tmp_path / "made_up").mkdir()
    (tmp_path / "made_up" / "thing.done.v1.json").write_text(json.dumps({"schema": {}, "example": {}}))
    monkeypatch.setattr(loader, "files", lambda package: tmp_path)
    with pytest.raises(contracts.UnknownContract):
        contracts.get("madeup.thing.done.v1")
    (tmp_path / "madeup").mkdir()
    half = {"schema": {}, "example": {}, "title": {"zh": "做"}}
    (tmp_path / "madeup" / "thing.done.v1.json").write_text(json.dumps(half))
    with pytest.raises(contracts.BrokenContractFile):
        contracts.get("madeup.thing.done.v1")


def test_the_law_about_personal_data_no_open_contract_has_a_field_for_a_person():
    """Names, phones, plates and the like stand in the five personal families only."""
    forbidden = re.compile(r"(^|_)(name|phone|phones|plate|vin|email|address|licence|note|suggestions|text)$")
    allowed_names = {"reception.branch.opened.v1", "reception.branch.changed.v1"}  # a branch has a name
    leaks = [
        (c.type, field)
        for c in contracts.all()
        if not c.personal and c.type not in allowed_names
        for field in _fields(c.schema)
        if forbidden.search(field)
    ]
    assert not leaks


def _fields(schema):
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from _fields(inner)
    items = schema.get("items")
    if isinstance(items, dict):
        yield from _fields(items)
