"""The same for every route of the four services: found in url_map, so a new route is in it on the day it is written."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from shared.access import signing
from tests.kit.house import SERVICES, House
from tests.security.doors import KeysAtHand
from tests.shared.http.bad_inputs import routes

EMBEDDED = pytest.mark.parametrize("stack", ["embedded"], indirect=True)


@EMBEDDED
def test_every_route_is_documented_guarded_or_on_the_list_and_posts_are_idempotent(house: House) -> None:
    open_to_all = {"/reception/api/v1/tokens"}
    for service in SERVICES:
        app = house.app(service)
        document = house.client(service).get(f"/{service}/openapi.json").get_json()
        validate(document)
        for route in [*routes(app), *routes(app, "GET", "DELETE")]:
            place = re.sub(r"<(?:\w+:)?([^>]+)>", r"{\1}", route.rule)
            assert place in document["paths"], f"{route.rule} is in no document"
            assert route.guarded or route.rule in open_to_all, f"{route.rule} is open"
            if route.method == "POST" and route.guarded:
                assert route.idempotent, f"{route.rule} would be done twice"


@EMBEDDED
def test_methods_and_addresses_that_do_not_exist_are_404_or_405(house: House) -> None:
    for service in SERVICES:
        client = house.client(service)
        for path in ("/api/v0/events", "/api/v1", "/debug", "/console", "/.env", "/static/..%2f..%2fetc/passwd"):
            answer = client.get(f"/{service}{path}")
            assert (answer.status_code, answer.content_type) == (404, "application/problem+json"), path
        for method in ("TRACE", "CONNECT", "BREW"):
            assert client.open(f"/{service}/api/v1/events", method=method).status_code == 405


@EMBEDDED
def test_a_token_of_another_audience_is_refused_by_every_service(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """S17: rightly signed, right issuer, for one service only."""
    monkeypatch.setattr(signing, "names", lambda: ("reception",))
    headers = KeysAtHand(house, "reception").doors["staff"]

    def answers(service: str) -> set[int]:
        found: set[Any] = set()
        for route in routes(house.app(service), "GET"):
            if any(need.kind == "staff" for need in getattr(route.view, "needs", ())):
                found.add(house.client(service).get(route.url, headers=headers).status_code)
        return found

    assert 401 not in answers("reception")
    for service in ("appointments", "followup"):
        assert answers(service) == {401}
