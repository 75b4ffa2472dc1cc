"""What is said of people goes out masked and says what it is kept for (S13, S59); what is not, is found."""

from __future__ import annotations

from collections.abc import Iterator

import marshmallow as ma
import pytest
from flask import Flask

from shared.app import create_app
from shared.http import OutputSchema
from shared.privacy import Private, Revealed, hidden
from shared.service import load, names
from shared.settings.environment import Environment
from tests.house import private

SERVICES = names()


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Flask]]:
    """The four apps, on databases that nobody opens."""
    settings = {"DATA_DIR": str(tmp_path_factory.mktemp("house")), "YINGBIN_BUS_URL": "memory://"}
    made = {name: create_app(name, Environment.read(name, settings)) for name in SERVICES}
    yield made
    for app in made.values():
        app.extensions["yingbin"].close()


@pytest.mark.parametrize("name", SERVICES)
def test_every_answer_masks_what_is_about_people(name: str, apps: dict[str, Flask]) -> None:
    told = list(private.answers(apps[name]))
    assert told
    broken = [line for route, schema in told for line in private.unmasked(route, schema, load(name).permissions)]
    assert broken == []


@pytest.mark.parametrize("name", SERVICES)
def test_s59_every_field_about_people_says_what_for_and_how_long(name: str, apps: dict[str, Flask]) -> None:
    assert private.untagged(apps[name].test_client().get(f"/{name}/openapi.json").json) == []


def test_what_is_not_masked_is_found() -> None:
    class Inner(OutputSchema):
        plate = ma.fields.String()

    class GuestOut(OutputSchema):
        name = ma.fields.String()
        phone = Private(hidden, right="personal.reed", purpose="x")
        vin = Revealed(purpose="x")
        cars = ma.fields.List(ma.fields.Nested(Inner))
        note = Private(hidden, right="personal.read", purpose="x")

    found = private.unmasked("/guests", GuestOut(), {"personal.read": frozenset()})
    assert [line.split()[1].rstrip(":") for line in found] == ["Guest.name", "Guest.phone", "Guest.vin", "Inner.plate"]
    assert len(private.unmasked("/guests/<id>/reveal", GuestOut(), {"personal.read": frozenset()})) == 3


def test_what_says_no_purpose_is_found() -> None:
    properties = {
        "name": {"type": "string", "x-purpose": "reception", "x-retention": "P24M"},
        "phone": {"type": "string", "x-purpose": "reception"},
        "plate": {"type": "string", "x-purpose": "reception", "x-retention": "two years"},
        "ticket": {"type": "string"},
    }
    document = {"components": {"schemas": {"Guest": {"properties": properties}}}}
    assert private.untagged(document) == [
        "Guest.phone: no purpose or no retention", "Guest.plate: no purpose or no retention",
    ]  # fmt: skip
