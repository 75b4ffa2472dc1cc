"""Headquarters' feed (T6.1): everything once, in one order, the same bytes each time, no personal data."""

from __future__ import annotations

import csv
import io
import json
import threading

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shared.access import SYSTEM, acting_as
from shared.db import every_branch, transaction
from shared.events.numbering import begin_epoch
from tests.reporting.conftest import Reporting
from tests.reporting.facts import BRANCH, OTHER
from tests.reporting.test_rollups import talk

FEED = "/reporting/api/v1/feed"


def told(reporting: Reporting, many: int = 30, seed: int = 3) -> list[dict]:
    """Facts of four services heard turn by turn; returns the whole feed."""
    logs = reporting.begin()
    talk(logs, seed, many)
    logs["reporting"].say("setting.changed", branch="group")
    rest = {name: log.said[2 if name == "reception" else 0 :] for name, log in logs.items()}
    while any(rest.values()):
        for name, events in rest.items():
            if events:
                reporting.hear(*events[:4])
                rest[name] = events[4:]
    return reporting.client().get(f"{FEED}?limit=1000", headers=reporting.key("feed")).json["events"]


@pytest.mark.duty("T6.1")
def test_every_fact_of_every_service_stands_in_it_once_in_one_order(reporting: Reporting) -> None:
    events = told(reporting)
    assert len(events) == 33
    assert [event["position"] for event in events] == list(range(1, 34))
    assert {event["source"] for event in events} == {
        f"/services/{n}" for n in ("reception", "appointments", "followup", "reporting")
    }
    for source in {event["source"] for event in events}:
        own = [event["sourceposition"] for event in events if event["source"] == source]
        assert own == list(range(1, len(own) + 1))
    assert [event.get("previd") for event in events] == [None, *(event["id"] for event in events[:-1])]
    assert all(event["specversion"] == "1.0" for event in events)


def test_it_is_read_page_by_page_from_any_position_and_every_time_the_same_bytes(reporting: Reporting) -> None:
    events = told(reporting)
    client, key = reporting.client(), reporting.key("feed")
    pages = [client.get(f"{FEED}?after={after}&limit=10", headers=key) for after in (0, 10, 20, 30)]
    assert [event for page in pages for event in page.json["events"]] == events
    assert all(page.json["head"] == 33 for page in pages)
    again = [client.get(f"{FEED}?after={after}&limit=10", headers=key) for after in (0, 10, 20, 30)]
    assert [page.data for page in again] == [page.data for page in pages]
    assert client.get(f"{FEED}?after=33", headers=key).json["events"] == []


def test_a_doubled_delivery_changes_nothing_and_a_lost_cursor_cannot_double_the_feed(reporting: Reporting) -> None:
    logs = reporting.begin()
    event = logs["reception"].say("visit.checked_in")
    reporting.hear(event)
    with reporting.app.app_context():
        from shared.events.applying import Applier

        assert Applier(reporting.runtime, "reception").apply([event]).count == 0
    reporting.lose_cursor("reception")
    with pytest.raises(IntegrityError):
        reporting.hear(*logs["reception"].said)
    assert len(reporting.rows("feed_entry")["feed_entry"]) == 3


def test_personal_facts_are_stubs_without_data(reporting: Reporting) -> None:
    logs = reporting.begin()
    said = [
        logs["reception"].say("customer.registered", branch="group", name="欧阳娜娜"),
        logs["reception"].say("staff.joined", label="周敏"),
        logs["reception"].say("vehicle.registered", branch="group", plate="京A12345"),
    ]
    reporting.hear(*said)
    answer = reporting.client().get(FEED, headers=reporting.key("feed"))
    stubs = answer.json["events"][2:]
    assert [stub["type"] for stub in stubs] == [event.type for event in said]
    assert not any("data" in stub for stub in stubs)
    stored = json.dumps([row[7] for row in reporting.rows("feed_entry")["feed_entry"]], ensure_ascii=False)
    for person in ("欧阳娜娜", "周敏", "京A12345"):
        assert person not in answer.text
        assert person not in stored


def test_one_branch_or_the_group(reporting: Reporting) -> None:
    events = told(reporting)
    client, key = reporting.client(), reporting.key("feed")
    for branch in (BRANCH, OTHER, "group"):
        found = client.get(f"{FEED}?branch={branch}&limit=1000", headers=key).json["events"]
        assert found == [event for event in events if event["branchid"] == branch]
    assert len(client.get(f"{FEED}?branch=&limit=&after=&wait=", headers=key).json["events"]) == 33
    answer = client.get(f"{FEED}?branch=nowhere", headers=key)
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/unknown-branch")


def test_csv_says_the_same_as_json(reporting: Reporting) -> None:
    events = told(reporting)
    client, key = reporting.client(), reporting.key("feed")
    answer = client.get(f"{FEED}?limit=1000", headers={**key, "Accept": "text/csv"})
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Vary"] == "Accept"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [int(row["position"]) for row in rows] == [event["position"] for event in events]
    assert [json.loads(row["data"]) if row["data"] else None for row in rows] == [event.get("data") for event in events]
    assert client.get(f"{FEED}?limit=1000", headers={**key, "Accept": "text/csv"}).data == answer.data
    for other in ("application/json", "*/*", "text/html", "text/csv;q=0.1, application/json"):
        assert client.get(FEED, headers={**key, "Accept": other}).mimetype == "application/json"


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "after=-1",
        "after=1e3",
        "after=１０",
        "limit=x",
        "limit=0",
        "limit=-5",
        "wait=x",
        "wait=1.5",
        "branch=A%20B",
        "nonsense=1",
        "limit=1&limit=2",
    ],
)
def test_what_is_no_number_is_400(reporting: Reporting, query: str) -> None:
    answer = reporting.client().get(f"{FEED}?{query}", headers=reporting.key("feed"))
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


def test_more_than_a_thousand_is_capped(reporting: Reporting) -> None:
    logs = reporting.begin()
    for _ in range(1001):
        logs["reception"].say("visit.checked_in")
    reporting.hear(*logs["reception"].said[2:])
    answer = reporting.client().get(f"{FEED}?limit=1000000000", headers=reporting.key("feed"))
    assert len(answer.json["events"]) == 1000
    assert answer.json["head"] == 1003


def test_who_is_beyond_the_head_is_told_where_the_feed_began_anew(reporting: Reporting) -> None:
    told(reporting)
    client, key = reporting.client(), reporting.key("feed")
    answer = client.get(f"{FEED}?after=34", headers=key)
    assert (answer.status_code, answer.json["type"], answer.json["head"]) == (409, "/problems/ahead-of-log", 33)
    assert answer.content_type == "application/problem+json"
    (first,) = answer.json["epochs"]
    assert first["after_position"] == 0


def test_a_restore_of_reporting_begins_a_new_life_of_the_feed(reporting: Reporting) -> None:
    logs = reporting.begin()
    client, key = reporting.client(), reporting.key("feed")
    reporting.hear(logs["reception"].say("visit.checked_in"))
    old = client.get(FEED, headers=key).json
    with reporting.app.app_context(), every_branch(), acting_as(SYSTEM), transaction() as session:
        fresh = begin_epoch(session.connection())
    # Known before anything happened in it …
    assert client.get(FEED, headers=key).json["epochs"] == [*old["epochs"], {"epoch": fresh, "after_position": 3}]
    reporting.hear(logs["reception"].say("visit.left"))
    # … and the same afterwards; what was told before stays in its life.
    found = client.get(FEED, headers=key).json
    assert found["epochs"] == [*old["epochs"], {"epoch": fresh, "after_position": 3}]
    assert found["events"][:3] == old["events"]
    assert found["events"][3]["epoch"] == fresh
    assert found["events"][3]["sourceepoch"] == "epoch-of-reception"


@pytest.mark.parametrize(
    ("scopes", "kind", "status"),
    [
        ((), "hq", 403),
        (("reports",), "hq", 403),
        (("feed",), "service", 403),
        (("feed",), "kiosk", 403),
        (("feed",), "hq", 200),
    ],
)
def test_only_headquarters_key_for_the_feed_opens_it(
    reporting: Reporting, scopes: tuple, kind: str, status: int
) -> None:
    if kind == "kiosk":
        from shared.access import keys

        with reporting.app.app_context(), every_branch(), acting_as(SYSTEM), transaction() as session:
            plain = keys.create(session, kind, list(scopes), branch=BRANCH, label="test")
        headers = {"Authorization": f"Bearer {plain}"}
    else:
        headers = reporting.key(*scopes, kind=kind)
    assert reporting.client().get(FEED, headers=headers).status_code == status
    assert reporting.client().get(FEED).status_code == 401


def test_a_waiting_reader_is_answered_when_something_happens(reporting: Reporting) -> None:
    logs = reporting.begin()
    key = reporting.key("feed")
    found: list = []
    reader = threading.Thread(
        target=lambda: found.append(reporting.client().get(f"{FEED}?after=2&wait=10", headers=key))
    )
    reader.start()
    reporting.hear(logs["reception"].say("visit.checked_in"))
    reader.join(9)
    assert [event["position"] for event in found[0].json["events"]] == [3]


def test_waiting_ends_by_itself_and_a_third_reader_does_not_wait(reporting: Reporting) -> None:
    reporting.begin()
    client, key = reporting.client(), reporting.key("feed")
    places = reporting.app.extensions.setdefault("reporting.feed", threading.BoundedSemaphore(2))
    with time_machine.travel("2026-11-23T10:00:00Z", tick=True):
        assert client.get(f"{FEED}?after=2&wait=1", headers=key).json["events"] == []
    assert places.acquire(blocking=False)
    assert places.acquire(blocking=False)
    # Were it to wait its ten seconds, the limit of the test would end it.
    answered = threading.Event()
    asking = threading.Thread(target=lambda: (client.get(f"{FEED}?after=2&wait=10", headers=key), answered.set()))
    asking.start()
    assert answered.wait(5)
    asking.join()


def test_two_sources_at_once_give_positions_without_hole(reporting: Reporting) -> None:
    logs = reporting.begin()
    for _ in range(40):
        logs["reception"].say("visit.checked_in")
        logs["appointments"].say("repair_order.opened")
    rest = {"reception": logs["reception"].said[2:], "appointments": logs["appointments"].said}
    threads = [
        threading.Thread(target=lambda events=events: [reporting.hear(event) for event in events])
        for events in rest.values()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = reporting.rows("feed_entry")["feed_entry"]
    assert [row[0] for row in rows] == list(range(1, 83))
    for source in rest:
        own = [row[4] for row in rows if row[2] == source]
        assert own == sorted(own)


def test_a_branch_sees_only_its_own_entries_whatever_the_code_forgets(reporting: Reporting) -> None:
    if reporting.runtime.database.dialect != "postgresql":
        pytest.skip("row-level security is PostgreSQL's")
    from shared.db import branch_scope, reader

    told(reporting)
    with reporting.app.app_context(), branch_scope(BRANCH), reader() as session:
        assert set(session.scalars(text("SELECT DISTINCT branch_id FROM feed_entry"))) == {BRANCH}
