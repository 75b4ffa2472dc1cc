"""The same for every route of the four services: found in url_map, so a new route is in it on the day it is written."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from shared.access import SYSTEM, acting_as, signing
from shared.db import every_branch
from tests.kit.house import BRANCHES, SERVICES, House
from tests.shared.http.bad_inputs import Route, Tried, routes

EMBEDDED = pytest.mark.parametrize("stack", ["embedded"], indirect=True)
SCOPES = {"kiosk": ["check_ins"], "hq": ["feed", "reports", "staff.labels"], "service": ["events"]}


class KeysAtHand:
    """Somebody for each door of one service, with every permission there is: no refusal is for lack of rights."""

    def __init__(self, house: House, service: str) -> None:
        roles = sorted({role for granted in house.runtime(service).service.permissions.values() for role in granted})
        with house.app("reception").app_context(), every_branch(), acting_as(SYSTEM):
            token = signing.issue("0199f0a0-0000-7000-8000-000000000001", "wang", BRANCHES[0], roles)
        self.doors: dict[str, dict[str, str]] = {"staff": {"Authorization": f"Bearer {token}"}}
        for kind, scopes in SCOPES.items():
            self.doors[kind] = house.key(service, kind, scopes, BRANCHES[0] if kind == "kiosk" else None)

    def __call__(self, route: Route) -> dict[str, str]:
        needs = getattr(route.view, "needs", ())
        return self.doors[needs[0].kind] if needs else {}


@EMBEDDED
def test_every_route_refuses_the_catalogue(house: House) -> None:
    sent, wrong = 0, []
    for service in SERVICES:
        tried = Tried(house.app(service), KeysAtHand(house, service)).everything()
        sent, wrong = sent + tried.sent, wrong + tried.wrong
    assert not wrong, f"{len(wrong)} of {sent}:\n" + "\n".join(wrong[:60])


@EMBEDDED
def test_every_route_is_documented_guarded_or_on_the_list_and_machines_posts_are_idempotent(house: House) -> None:
    open_to_all = {"/reception/api/v1/tokens", "/reception/api/v1/tokens/refresh"}
    for service in SERVICES:
        app = house.app(service)
        document = house.client(service).get(f"/{service}/openapi.json").get_json()
        validate(document)
        for route in [*routes(app), *routes(app, "GET", "DELETE")]:
            place = re.sub(r"<(?:\w+:)?([^>]+)>", r"{\1}", route.rule)
            assert place in document["paths"] or route.rule.endswith("/events"), f"{route.rule} is in no document"
            assert route.guarded or route.rule in open_to_all, f"{route.rule} is open"
            if route.method == "POST" and route.for_machines:
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
