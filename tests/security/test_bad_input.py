"""The bad-input catalogue against every route of every service; routes to come are in it from their first day on."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import pytest
from sqlalchemy import func, select

from shared.db import mechanism
from tests.kit.house import SERVICES, House
from tests.security.keys_at_hand import KeysAtHand
from tests.shared.http.bad_inputs import Route, Tried, routes

EMBEDDED = pytest.mark.parametrize("stack", ["embedded"], indirect=True)


def rows(house: House, service: str) -> dict[str, int]:
    """How many rows each table of a service has."""
    tables = [*mechanism.tables.values(), *house.runtime(service).service.base.metadata.tables.values()]
    with house.reading(service) as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}


@EMBEDDED
@pytest.mark.parametrize("service", SERVICES)
def test_no_input_breaks_a_route_or_leaves_anything_behind(house: House, service: str) -> None:
    """Nothing gives 5xx, every refusal is a problem of the one shape, and every table has as many rows as before."""
    keys = KeysAtHand(house, service)
    before = rows(house, service)
    tried = Tried(house.app(service), keys).everything()
    assert tried.sent > 20
    assert not tried.wrong, f"{len(tried.wrong)} of {tried.sent}:\n" + "\n".join(tried.wrong[:60])
    assert rows(house, service) == before


@EMBEDDED
def test_a_body_without_example_or_with_a_wrong_one_is_told(house: House) -> None:
    class In(ma.Schema):
        name = ma.fields.String(required=True)

    def view() -> None: ...

    bare: Any = view
    bare.reads = {"json": In()}
    tried = Tried(house.app("reception"), KeysAtHand(house, "reception"))
    tried.fields(Route("POST", "/reception/api/v1/bare", bare, True))
    bare._apidoc = {"arguments": {"parameters": [{"in": "json", "example": {"name": 1}}]}}
    tried.fields(Route("POST", "/reception/api/v1/bare", bare, True))
    assert ["no example" in tried.wrong[0], "its example is refused" in tried.wrong[1]] == [True, True]


@EMBEDDED
def test_lists_say_how_long_they_may_be(house: House) -> None:
    """S42: an array of a hundred thousand is refused by its length, not read to its end."""
    endless = []
    for service in SERVICES:
        for route in routes(house.app(service)):
            if route.schema is not None:
                endless += [f"{route.method} {route.rule} {name}" for name in _endless(route.schema)]
    assert endless == []


def _endless(schema: ma.Schema) -> list[str]:
    found = []
    for name, field in schema.load_fields.items():
        inner = field
        if isinstance(field, ma.fields.List):
            inner = field.inner
            if not any(getattr(rule, "max", None) for rule in field.validators):
                found.append(name)
        if isinstance(inner, ma.fields.Nested):
            found += [f"{name}.{each}" for each in _endless(inner.schema)]
    return found
