"""The same for every route of the four services: found in url_map, so a new route is in it on the day it is written."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from shared.access import signing
from shared.i18n.wording import HOUSE
from tests.kit.house import SERVICES, House
from tests.security import documents
from tests.security.keys_at_hand import KeysAtHand
from tests.shared.http.bad_inputs import routes

EMBEDDED = pytest.mark.parametrize("stack", ["embedded"], indirect=True)


@EMBEDDED
def test_every_route_is_documented_guarded_or_on_the_list_and_posts_are_idempotent(house: House) -> None:
    open_to_all = {f"/reception/api/v1/{door}" for door in ("tokens", "tokens/refresh", "kiosks/enrolments")}
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


# What only commands, jobs and imports give: nobody meets it by a route.
NOT_BY_HTTP = {"branch-exists"}


@EMBEDDED
def test_every_operation_shows_what_it_takes_and_every_answer_it_can_give(house: House) -> None:
    for service in SERVICES:
        document = house.client(service).get(f"/{service}/openapi.json").get_json()
        assert documents.faults(document) == []
        own = set(house.runtime(service).wording.problems) - set(HOUSE.problems)
        missing = own - documents.codes(document) - NOT_BY_HTTP
        assert not missing, f'say @blueprint.gives(<status>, "<code>") on the routes that give {sorted(missing)}'


def test_a_bad_document_is_found() -> None:
    schema = {"type": "object", "required": ["a"]}
    good = {"content": {"application/json": {"schema": schema, "example": {}}}}
    operation = {
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {"200": good, "default": {}},
    }
    document = {"components": {}, "paths": {"/a": {"post": operation}}}
    assert documents.faults(document) == [
        "POST /a takes application/json: no example",
        "POST /a gives 200 application/json: 'a' is a required property",
        "POST /a: 400 is not told",
        "POST /a: 503 is not told",
        "POST /a: a default that covers everything",
    ]
