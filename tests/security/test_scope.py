"""Nobody sees, changes or names what belongs to another branch: tried at every door that there is.

S09, S10 and S11 (row security itself, past every application) are in tests/shared/db/test_row_security.py, and for the
tables of the four services in test_service_migrations.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from shared import clock
from shared.access import signing
from shared.db import filters
from shared.db.units import UnitSession
from shared.http import Day
from shared.ids import uuid7
from tests.kit.house import BRANCHES, SERVICES, House, stack_of
from tests.kit.things import somebody, thing
from tests.reception.door import VISITS, ticket
from tests.security.ways_in import WRITING, at, doors, good_body, kinds, knock, names_in, references
from tests.shared.http.bad_inputs import Route

OURS, THEIRS = BRANCHES
EMBEDDED = pytest.mark.parametrize("stack", ["embedded"], indirect=True)


JOBS = {f"POST /{service}/api/v1/jobs/<job_id>/cancel" for service in SERVICES}
OF_ONE_PERSON = {*JOBS, "DELETE /reception/api/v1/sessions/<string:session_id>"}
"""What people do to their own things alone: colleagues of the same branch find nothing either."""


class Walk:
    """Ours at every door, with ids of theirs."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.wrong: list[str] = []
        self.tried = 0
        self._things: dict[tuple[str, str, str], str] = {}
        self._staff = {branch: somebody(house, branch) for branch in BRANCHES}
        self._keys: dict[tuple[str, str], dict[str, str]] = {}

    def id(self, service: str, name: str, branch: str) -> str:
        """The same thing each time, so that one walk makes it once."""
        place = (service, name, branch)
        if place not in self._things:
            self._things[place] = thing(self.house, service, name, branch)
        return self._things[place]

    def people(self, route: Route, branch: str) -> dict[str, dict[str, str]]:
        """Headers of everybody of ``branch`` who may come in by this door."""
        service, found = route.rule.split("/")[1], {}
        for need in route.view.needs:
            if need.kind == "staff":
                found["staff"] = self._staff[branch]
            elif need.kind == "kiosk":
                place = (service, branch)
                if place not in self._keys:
                    self._keys[place] = self.house.key(service, "kiosk", ["check_ins"], branch)
                found["kiosk"] = self._keys[place]
        return found

    def foreign_ids(self, route: Route) -> None:
        """404 for what is theirs, as for what is nowhere; and theirs answers to themselves."""
        service = route.rule.split("/")[1]
        ids = {name: self.id(service, name, THEIRS) for name in names_in(route.rule)}
        for kind, headers in self.people(route, OURS).items():
            self.tried += 1
            before = self.rows(service)
            foreign = knock(self.house, route, headers, at(route.rule, ids))
            nowhere = knock(self.house, route, headers, at(route.rule, {name: uuid7() for name in ids}))
            if (foreign.status_code, nowhere.status_code) != (404, 404) or _said(foreign) != _said(nowhere):
                self.wrong.append(f"{route.method} {route.rule} as {kind}: {foreign.status_code} {foreign.text}")
            if self.rows(service) != before:
                self.wrong.append(f"{route.method} {route.rule} as {kind} changed rows")
        own = self.people(route, THEIRS).get("staff")
        if f"{route.method} {route.rule}" in OF_ONE_PERSON:
            return
        if own is not None and knock(self.house, route, own, at(route.rule, ids)).status_code in (401, 403, 404):
            self.wrong.append(f"{route.method} {route.rule}: not even their own people find it")

    def rows(self, service: str) -> dict[str, list[Any]]:
        """Every row of every branch."""
        tables = self.house.runtime(service).service.base.metadata.sorted_tables
        with self.house.reading(service) as session:
            return {
                table.name: sorted(map(repr, session.connection().execute(select(table))))
                for table in tables if table.info.get("branch_scoped")
            }  # fmt: skip


def _said(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.get_json().items() if name not in ("instance", "request_id")}


def walked(house: House) -> Walk:
    walk = Walk(house)
    for service in SERVICES:
        for route in doors(house.app(service)):
            if names_in(route.rule):
                walk.foreign_ids(route)
    return walk


@contextmanager
def filters_off(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The application forgets about branches: no filter on reads, no check of writes, no look at what ``get`` found."""
    event.remove(UnitSession, "do_orm_execute", filters.filter_statement)
    event.remove(UnitSession, "before_flush", filters.check_flush)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(UnitSession, "get", Session.get)
            yield
    finally:
        event.listen(UnitSession, "do_orm_execute", filters.filter_statement)
        event.listen(UnitSession, "before_flush", filters.check_flush)


@pytest.fixture
def one_lock(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The application's filter alone on SQLite, row security alone on PostgreSQL."""
    if house.stack == "embedded":
        yield
    else:
        with filters_off(monkeypatch):
            yield


# -- S01, S02: ids of another branch


def test_s01_s02_ids_of_another_branch_are_ids_of_nothing(house: House) -> None:
    walk = walked(house)
    assert not walk.wrong, f"{len(walk.wrong)} of {walk.tried}:\n" + "\n".join(walk.wrong)
    assert walk.tried > 20


@stack_of("real")
def test_s01_s02_hold_by_row_security_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with filters_off(monkeypatch):
        walk = walked(house)
    assert not walk.wrong, f"{len(walk.wrong)} of {walk.tried}:\n" + "\n".join(walk.wrong)


@EMBEDDED
def test_without_both_locks_the_walk_finds_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has no row security: with the filter off, what the two tests above look for is there to be found."""
    with filters_off(monkeypatch):
        walk = walked(house)
    assert [wrong for wrong in walk.wrong if "/visits/<visit_id>" in wrong]
    assert [wrong for wrong in walk.wrong if "/repair-orders/<repair_order_id>" in wrong]
    assert [wrong for wrong in walk.wrong if "/call-backs/<follow_up_id>" in wrong]


def test_an_id_that_nobody_can_make_is_named() -> None:
    with pytest.raises(LookupError, match=r"add a line for \('reception', 'moon_id'\) to MADE"):
        thing(None, "reception", "moon_id", THEIRS)


# -- S03: ids inside bodies


@pytest.mark.usefixtures("one_lock")
def test_s03_nothing_of_another_branch_can_be_named_in_a_body(house: House) -> None:
    walk, tried, wrong = Walk(house), 0, []
    for service in SERVICES:
        for route in doors(house.app(service), *WRITING):
            for path, name in references(route):
                tried += 1
                body: Any = good_body(route)
                inner = body
                for step in path[:-1]:
                    inner = inner.setdefault(step, {})
                inner[path[-1]] = walk.id(service, name, THEIRS)
                ids = {each: walk.id(service, each, OURS) for each in names_in(route.rule)}
                answer = knock(house, route, walk.people(route, OURS)["staff"], at(route.rule, ids), json=body)
                codes = [fault["code"] for fault in (answer.get_json() or {}).get("errors", [])]
                if answer.status_code != 422 or "unknown-reference" not in codes:
                    wrong.append(f"{route.method} {route.rule} {path}: {answer.status_code} {answer.text}")
    assert not wrong, "\n".join(wrong)
    assert tried >= 3


# -- S04, S12: what a request says of itself


FORGED = {
    "branch": THEIRS, "branch_id": THEIRS, "id": uuid7(), "version": 9, "created_by": uuid7(), "is_admin": True,
    "permissions": ["*"],
}  # fmt: skip


@EMBEDDED
def test_s04_s12_no_body_says_its_branch_or_sets_what_is_not_asked(house: House) -> None:
    walk, tried, wrong = Walk(house), 0, []
    for service in SERVICES:
        for route in doors(house.app(service), *WRITING):
            if route.takes_files or "staff" not in kinds(route):
                continue
            known = {field.data_key or name for name, field in route.schema.load_fields.items()} if route.schema else ()
            ids = {each: walk.id(service, each, OURS) for each in names_in(route.rule)}
            for name, value in FORGED.items():
                if name in known or (route.schema is None and not _reads_a_body(route)):
                    continue
                tried += 1
                body = {**(good_body(route) or {}), name: value}
                answer = knock(house, route, walk.people(route, OURS)["staff"], at(route.rule, ids), json=body)
                pointers = [fault["pointer"] for fault in (answer.get_json() or {}).get("errors", [])]
                if answer.status_code != 422 or f"/{name}" not in pointers:
                    wrong.append(f"{route.method} {route.rule} {name}: {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)
    assert tried >= 30


def _reads_a_body(route: Route) -> bool:
    return bool(getattr(route.view, "reads", {}).get("json"))


def test_s04_the_branch_is_the_tokens_whatever_headers_and_queries_say(house: House) -> None:
    desk = somebody(house, OURS, "receptionist")
    named = {"X-Branch": THEIRS, "X-Branch-Id": THEIRS, "Branch": THEIRS}
    visit_id = ticket(house, {**desk, **named})["visit_id"]
    client = house.client("reception")
    assert client.get(f"{VISITS}/{visit_id}", headers=desk).status_code == 200
    assert client.get(f"{VISITS}/{visit_id}", headers=somebody(house, THEIRS)).status_code == 404
    for name in ("branch", "branch_id"):
        assert client.get(f"{VISITS}?{name}={THEIRS}", headers=desk).status_code == 400


# -- S05: lists


@pytest.mark.usefixtures("one_lock")
def test_s05_no_list_shows_anything_of_another_branch(house: House) -> None:
    walk, lists, wrong = Walk(house), 0, []
    things = {
        service: [
            walk.id(service, name, branch)
            for route in doors(house.app(service)) for name in names_in(route.rule) for branch in (THEIRS,)
        ]
        for service in SERVICES
    }  # fmt: skip
    for service in SERVICES:
        for route in doors(house.app(service), "GET"):
            if "<" in route.rule or "staff" not in kinds(route):
                continue
            lists += 1
            answer = house.client(service).get(
                route.rule, query_string={"limit": 1000, **_asked(route)}, headers=walk.people(route, OURS)["staff"]
            )
            wrong += [f"{route.rule} shows {each}" for each in set(things[service]) if each in answer.text]
            if answer.status_code != 200:
                wrong.append(f"{route.rule}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert lists >= 5


@EMBEDDED
def test_s05_a_cursor_of_another_branch_is_refused(house: House) -> None:
    for _ in range(2):
        thing(house, "reception", "visit_id", THEIRS)
    client = house.client("reception")
    theirs = client.get(f"{VISITS}?limit=1", headers=somebody(house, THEIRS)).get_json()["next"]
    assert client.get(f"{VISITS}?after={theirs}", headers=somebody(house, THEIRS)).status_code == 200
    refused = client.get(f"{VISITS}?after={theirs}", headers=somebody(house, OURS))
    assert (refused.status_code, refused.get_json()["type"]) == (400, "/problems/bad-cursor")


# -- S07: headquarters


HEADQUARTERS_MAY = {
    "POST /reception/api/v1/staff", "PATCH /reception/api/v1/staff/<string:staff_id>",
    "POST /reception/api/v1/staff/<string:staff_id>/disable", "POST /reception/api/v1/staff/<string:staff_id>/enable",
    "POST /reception/api/v1/staff/<string:staff_id>/leave", "PUT /reception/api/v1/staff/<string:staff_id>/password",
    "PUT /reception/api/v1/staff/<string:staff_id>/roles",
    *(f"PUT /{service}/api/v1/settings/<key>" for service in SERVICES),
}  # fmt: skip
"""What an administrator of headquarters may change by a route (architecture §3): people of every branch, settings."""

OWN = {*OF_ONE_PERSON, "POST /reception/api/v1/tokens/sign-out", "POST /reception/api/v1/tokens/switch"}
"""What everybody may do to their own sessions and jobs; of a branch there is nothing in it."""


@EMBEDDED
def test_s07_headquarters_changes_nothing_in_a_branch(house: House) -> None:
    with house.at("reception"):
        analyst, admin = (
            {"Authorization": f"Bearer {signing.issue(uuid7(), role, 'group', [role])}"}
            for role in ("hq_analyst", "hq_admin")
        )
    wrong = []
    for service in SERVICES:
        key = house.key(service, "hq", ["feed", "reports", "staff.labels"])
        for route in doors(house.app(service), *WRITING):
            url = at(route.rule, {name: thing(house, service, name, THEIRS) for name in names_in(route.rule)})
            for who, headers in (("key", key), ("analyst", analyst), ("admin", admin)):
                place = f"{route.method} {route.rule}"
                if place in OWN or (who == "admin" and place in HEADQUARTERS_MAY):
                    continue
                answer = knock(house, route, headers, url)
                if answer.status_code != 403:
                    wrong.append(f"{place} as {who}: {answer.status_code}; if right, name it in HEADQUARTERS_MAY")
    assert not wrong, "\n".join(wrong)


# -- S08: what headquarters reads


PERSONAL = ("欧阳娜娜", "13812345678", "京A12345")


def test_s08_no_answer_to_headquarters_names_a_person(house: House) -> None:
    name, phone, plate = PERSONAL
    visit = ticket(house, somebody(house, OURS, "receptionist"), name=name, phone=phone, plate=plate)
    house.settle()
    asked = 0
    for service in SERVICES:
        key = house.key(service, "hq", ["feed", "reports", "staff.labels"])
        for route in doors(house.app(service), "GET"):
            if "hq" not in kinds(route) or names_in(route.rule):
                continue
            for accepted in ("application/json", "text/csv"):
                asked += 1
                answer = house.client(service).get(
                    route.rule, query_string=_asked(route), headers={**key, "Accept": accepted}
                )
                assert answer.status_code == 200, (route.rule, answer.text)
                assert not [each for each in PERSONAL if each in answer.text], route.rule
                if route.rule.endswith("/feed"):
                    # What it must not say is there, under its id: the walk looks at the right answer.
                    assert visit["visit_id"] in answer.text
    assert asked >= 8


def _asked(route: Route) -> dict[str, str]:
    """What a query must name."""
    schema = getattr(route.view, "reads", {}).get("query")
    today = clock.now().date().isoformat()
    return {
        name: today if isinstance(field, Day) else OURS
        for name, field in (schema.load_fields.items() if schema else ())
        if field.required
    }
