"""The same for every route of the four services: found in url_map, so a new route is in it on the day it is written."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from limits import RateLimitItemPerSecond
from openapi_spec_validator import validate
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from werkzeug.test import Client

from deploy.local.assembling import FrontDoor
from services.reception.visits.model import Visit
from shared import clock
from shared.access import signing
from shared.app import create_app
from shared.http import rates
from shared.i18n.wording import HOUSE
from shared.settings.environment import Environment
from tests.house.wiring import OPEN_DOORS
from tests.kit.house import BRANCHES, SERVICES, House
from tests.kit.things import thing
from tests.reception.door import check_in, kiosk
from tests.security import documents
from tests.security.keys_at_hand import SOMEBODY, KeysAtHand
from tests.security.ways_in import at, names_in
from tests.shared.http.bad_inputs import example, good, routes

EMBEDDED = pytest.mark.parametrize("stack", ["embedded"], indirect=True)


@EMBEDDED
def test_every_route_is_documented_guarded_or_on_the_list(house: House) -> None:
    for service in SERVICES:
        app = house.app(service)
        document = house.client(service).get(f"/{service}/openapi.json").get_json()
        validate(document)
        open_to_all = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint in OPEN_DOORS}
        for route in [*routes(app), *routes(app, "GET", "DELETE")]:
            place = re.sub(r"<(?:\w+:)?([^>]+)>", r"{\1}", route.rule)
            assert place in document["paths"], f"{route.rule} is in no document"
            assert route.guarded or route.rule in open_to_all, f"{route.rule} is open"


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


# -- versions


WITHOUT_A_VERSION = {
    "/reception/api/v1/kiosks/<kiosk_id>": "revoking is for good, whatever somebody saw of it",
    "/reception/api/v1/sessions/<string:session_id>": "ending one's own session is for good",
}


@EMBEDDED
def test_every_change_of_a_row_heeds_the_version_that_was_seen(house: House) -> None:
    """412 for a row that is another by now; PUT and PATCH do not go without If-Match (428)."""
    wrong = []
    for service in SERVICES:
        keys = KeysAtHand(house, service)
        for route in routes(house.app(service), "POST", "PUT", "PATCH", "DELETE"):
            names = names_in(route.rule)
            if not names or route.rule in WITHOUT_A_VERSION or getattr(route.view, "versionless", False):
                continue
            url = at(route.rule, {name: thing(house, service, name, BRANCHES[0]) for name in names})
            needed = route.schema is not None and any(field.required for field in route.schema.load_fields.values())
            body = {} if route.schema is None else {"json": example(route) if needed else {}}
            tries: list[tuple[str | None, int]] = [('"999999"', 412), ("x", 412)]
            if route.method in ("PUT", "PATCH"):
                tries.append((None, 428))
            for seen, expected in tries:
                headers = {**keys(route), **({"If-Match": seen} if seen else {})}
                answer = house.client(service).open(url, method=route.method, headers=headers, **body)
                if answer.status_code != expected:
                    wrong.append(f"{route.method} {route.rule} If-Match {seen}: {answer.text[:150]}")
    assert wrong == []


# Feeds go by position; a search shows the best and no second page.
ONE_PAGE = {"/reporting/api/v1/feed", "/reception/api/v1/customers/search"}


@EMBEDDED
def test_a_cursor_is_of_its_list_and_nobody_reads_a_row_in_it(house: House) -> None:
    """Opaque cursors in every list; one of another list, or made up, is 400 ``bad-cursor``."""
    lists = 0
    for service in SERVICES:
        keys = KeysAtHand(house, service)
        for route in routes(house.app(service), "GET"):
            schema = getattr(route.view, "reads", {}).get("query")
            if schema is None or "limit" not in schema.fields or route.rule in ONE_PAGE:
                continue
            lists += 1
            assert "after" in schema.fields, f"{route.rule} has pages and no cursor"
            for cursor in ("x", "W10", "eyJhIjoxfQ", "WyJvdGhlci5saXN0IGJqIiwiYSJd", "A" * 500, "=" * 8, "é"):
                answer = house.client(service).get(route.url, query_string={"after": cursor}, headers=keys(route))
                assert (answer.status_code, answer.json["type"]) == (400, "/problems/bad-cursor"), (route.rule, cursor)
    assert lists >= 5


# -- limits


@EMBEDDED
def test_s42_a_device_that_asks_without_end_is_told_to_wait(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rates.MOST, "kiosk", RateLimitItemPerSecond(20, 10))
    rates.forget()
    keys, client = KeysAtHand(house, "reception"), house.client("reception")
    url = "/reception/api/v1/jobs/0199f0a0-0000-7000-8000-000000000001"
    answers = [client.get(url, headers=keys.doors["kiosk"]) for _ in range(60)]
    assert {answer.status_code for answer in answers} == {404, 429}
    last = answers[-1]
    assert (last.status_code, last.json["type"]) == (429, "/problems/too-many-requests")
    assert 1 <= int(last.headers["Retry-After"]) <= 10
    other = house.key("reception", "kiosk", ["check_ins"], BRANCHES[0])
    assert client.get(url, headers=other).status_code == 404, "another device may"


@EMBEDDED
def test_s42_pages_are_capped_and_bodies_bounded(house: House) -> None:
    for service in SERVICES:
        keys, client = KeysAtHand(house, service), house.client(service)
        for route in routes(house.app(service), "GET"):
            schema = getattr(route.view, "reads", {}).get("query")
            if (schema is not None and "limit" in schema.fields) or route.rule.endswith("/events"):
                answer = client.get(f"{route.url}?limit=1000000000", headers=keys(route))
                assert answer.status_code in (200, 400), (route.rule, answer.json)
        for route in routes(house.app(service)):
            if not route.takes_files:
                answer = client.open(route.url, method=route.method, data=b"x" * 10_000_000, headers={
                    **keys(route), "Content-Type": "application/json",
                })  # fmt: skip
                assert (answer.status_code, answer.json["type"]) == (413, "/problems/body-too-large"), route.rule


# -- addresses, methods, headers, leaks


TRAVERSALS = [
    "/static/..%2f..%2fetc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd", "/static/..\\..\\x", "/static//etc/passwd",
    "/static/....//x", "/static/%00",
]  # fmt: skip


@EMBEDDED
def test_s46_static_files_lead_nowhere_else(house: House) -> None:
    for service in SERVICES:
        for path in TRAVERSALS:
            answer = house.client(service).get(f"/{service}{path}")
            assert answer.status_code in (400, 404), path
            assert "root:" not in answer.text


@EMBEDDED
def test_s47_another_host_is_refused_and_nothing_leads_away(tmp_path: Path, house: House) -> None:
    variables = {"DATA_DIR": str(tmp_path), "YINGBIN_BUS_URL": "memory://", "YINGBIN_TRUSTED_HOSTS": "desk.example"}
    apps = {name: create_app(name, Environment.read(name, variables)) for name in SERVICES}
    door = Client(FrontDoor(apps))
    try:
        for path in ("/", "/nothing", *(f"/{name}/healthz" for name in SERVICES)):
            assert door.get(path, headers={"Host": "desk.example"}).status_code in (200, 404)
            answer = door.get(path, headers={"Host": "evil.example"})
            assert (answer.status_code, answer.content_type) == (400, "application/problem+json"), path
    finally:
        for app in apps.values():
            app.extensions["yingbin"].close()
    for service in SERVICES:
        for rule in house.app(service).url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.arguments:
                answer = house.client(service).get(f"{rule.rule}?next=//evil.example&url=//evil.example")
                assert "evil" not in answer.headers.get("Location", ""), rule.rule


@EMBEDDED
def test_s49_no_method_and_no_address_beside_those_that_are_told(house: House) -> None:
    for service in SERVICES:
        client = house.client(service)
        for rule in house.app(service).url_map.iter_rules():
            url = re.sub(r"<[^>]+>", SOMEBODY, rule.rule)
            for method in ("TRACE", "CONNECT", "PROPFIND", "BREW"):
                answer = client.open(url, method=method)
                assert answer.status_code in (404, 405), (method, url)
                assert answer.content_type == "application/problem+json"
                if answer.status_code == 405:
                    assert answer.headers["Allow"]
            told = client.open(url, method="OPTIONS")
            assert told.status_code in (200, 404, 405)
            assert not told.data or told.content_type == "application/problem+json"
        for path in ("/v0", "/api/v0/events", "/debug", "/console", "/admin", "/.git/config", "/swagger"):
            for place in (path, f"/{service}{path}"):
                assert client.get(place).status_code == 404, place


_LEAKS = re.compile(
    r"Traceback|sqlite|psycopg|sqlalchemy|SELECT |no such table|/srv/|\.py\b|werkzeug|gunicorn|Python/", re.I
)


@EMBEDDED
def test_s50_a_broken_route_tells_nothing_about_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**unused: Any) -> None:
        raise RuntimeError("SELECT secret FROM person -- /srv/app.py 13812345678")

    for service in SERVICES:
        app = house.app(service)
        for route in routes(app, "GET", "POST", "PUT", "PATCH", "DELETE"):
            endpoint = next(name for name, view in app.view_functions.items() if view is route.view)
            monkeypatch.setitem(app.view_functions, endpoint, broken)
            answer = house.client(service).open(route.url, method=route.method)
            assert (answer.status_code, answer.content_type) == (500, "application/problem+json"), route.rule
            assert not _LEAKS.search(answer.text), answer.text
            assert "13812345678" not in answer.text
            assert not _LEAKS.search(str(answer.headers))


def _gone(*unused: Any) -> None:
    raise OperationalError("SELECT secret FROM person", {"phone": "13812345678"}, OSError("/srv/it.db is gone"))


def _asks_nobody(answer: Any) -> bool:
    """Refused before anybody asked the database, or answered from what stands in the code."""
    return answer.status_code in (200, 400, 404) or "/tokens" in answer.request.path


@EMBEDDED
def test_s50_without_its_database_a_service_says_so_and_no_more(house: House) -> None:
    keys = {service: KeysAtHand(house, service) for service in SERVICES}
    engines = {house.runtime(service).database.engine for service in SERVICES}
    engines |= {house.runtime(service).database.group_engine for service in SERVICES}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", _gone)
    try:
        for service in SERVICES:
            for route in routes(house.app(service), "GET", "POST", "PUT", "PATCH", "DELETE"):
                headers = {**keys[service](route), "Idempotency-Key": "a"}
                answer = house.client(service).open(route.url, method=route.method, headers=headers, **good(route))
                assert answer.status_code == 503 or _asks_nobody(answer) or route.takes_files, (route.rule, answer.text)
                assert not _LEAKS.search(answer.text), answer.text
                assert answer.status_code != 503 or answer.headers["Retry-After"]
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", _gone)


@EMBEDDED
def test_s55_every_answer_carries_the_headers(house: House) -> None:
    wanted = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
    for service in SERVICES:
        keys = KeysAtHand(house, service)
        for rule in house.app(service).url_map.iter_rules():
            view = house.app(service).view_functions[rule.endpoint]
            needs = getattr(view, "needs", ())
            for headers in ({}, keys.doors[needs[0].kind] if needs else {}):
                url = re.sub(r"<[^>]+>", SOMEBODY, rule.rule)
                answer = house.client(service).get(url, headers=headers)
                assert {name: answer.headers.get(name) for name in wanted} == wanted, url
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'self'" in policy
                assert "frame-ancestors 'none'" in policy
                assert "unsafe" not in policy
                assert answer.headers["X-Request-Id"]
                if needs:
                    assert "no-store" in answer.headers["Cache-Control"], url


@EMBEDDED
def test_s38_a_kiosk_that_sends_again_is_answered_alike_and_a_fast_clock_is_told(house: House) -> None:
    entry, at = kiosk(house), clock.now()
    first, again = (check_in(house, entry, key="once", occurred_at=at) for _ in "ab")
    assert (first.status_code, first.data) == (again.status_code, again.data)
    ahead = clock.now() + timedelta(hours=2)
    skewed = check_in(house, entry, occurred_at=ahead)
    assert (skewed.status_code, skewed.json["type"]) == (422, "/problems/clock-skew")
    assert check_in(house, entry, occurred_at=ahead, sent_at=ahead).status_code == 201
    with house.reading("reception", BRANCHES[0]) as session:
        arrived = session.scalars(select(Visit.checked_in_at).order_by(Visit.id)).all()
    assert max(arrived) <= clock.now(), "shifted by what the device's clock is ahead"
