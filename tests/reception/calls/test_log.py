"""Logging single calls, and the log (R3.1)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared import clock
from shared.events.tables import EventLog
from shared.ids import uuid7
from tests.reception.calls.telephone import CALLS, imported, listing
from tests.reception.door import SHANGHAI, ago, kiosk, staff

pytestmark = pytest.mark.duty("R3.1")


def call(**changes: Any) -> dict[str, Any]:
    body = {"occurred_at": clock.wire(ago(minutes=5)), "topic": "保养咨询", "answered": True, "talk_seconds": 61}
    return {name: value for name, value in (body | changes).items() if value is not ...}


def log(house: Any, headers: dict[str, str], key: str | None = None, **changes: Any) -> Any:
    return house.client("reception").post(
        CALLS, json=call(**changes), headers={**headers, "Idempotency-Key": key or uuid7()}
    )


def test_a_call_is_logged_once_by_whoever_took_it(house: Any) -> None:
    desk, when = staff(house), clock.wire(ago(minutes=5))
    first = log(house, desk, "k", external_id="T1", rating=5, occurred_at=when)
    assert first.status_code == 201
    assert (first.json["topic"], first.json["talk_seconds"], first.json["imported"]) == ("保养咨询", 61, False)
    with house.reading("reception") as session:
        events = list(session.query(EventLog).filter(EventLog.type == "reception.call.logged.v1"))
    assert len(events) == 1
    assert json.loads(events[0].data)["agent_id"] == first.json["agent_id"]
    again = log(house, desk, "k", external_id="T1", rating=5, occurred_at=when)
    assert (again.status_code, again.json) == (201, first.json)
    other = log(house, desk, external_id="T1")
    assert (other.status_code, other.json["type"]) == (409, "/problems/call-exists")


def test_what_cannot_be_so_is_refused_with_its_field(house: Any) -> None:
    desk, elsewhere = staff(house), staff(house, branch=SHANGHAI)
    stranger = log(house, elsewhere).json["agent_id"]
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"answered": False}, "/talk_seconds", "call.not_answered"),
        ({"answered": False, "talk_seconds": ..., "resolved": True}, "/resolved", "call.not_answered"),
        ({"topic": "Frau Li 138 1234 5678"}, "/topic", "call.topic_names_number"),
        ({"agent_id": stranger}, "/agent_id", "unknown-reference"),
        ({"agent_id": "0"}, "/agent_id", "id.format"), ({"rating": 6}, "/rating", "number.range"),
        ({"topic": ""}, "/topic", "text.empty"), ({"branch": SHANGHAI}, "/branch", "field.unknown"),
        ({"occurred_at": "2026-01-01T10:00"}, "/occurred_at", "time.offset_required"),
        ({"occurred_at": "2999-01-01T10:00:00Z"}, "/occurred_at", "time.range"),
        ({"talk_seconds": "61"}, "/talk_seconds", "number.type"),
    ]  # fmt: skip
    for changes, pointer, code in cases:
        answer = log(house, desk, **changes)
        assert answer.status_code == 422, (changes, answer.json)
        assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [(pointer, code)]


def test_who_may_log_and_read(house: Any) -> None:
    assert log(house, {}).status_code == 401
    assert log(house, kiosk(house)).status_code == 403
    assert log(house, staff(house, "care_specialist")).status_code == 403
    assert house.client("reception").get(CALLS, headers=kiosk(house)).status_code == 403


def test_the_log_is_the_branch_s_own_latest_first_page_by_page(house: Any) -> None:
    manager, desk = staff(house, "branch_manager"), staff(house, branch=SHANGHAI)
    imported(house, manager, listing(25))
    log(house, desk)
    client, seen, after = house.client("reception"), [], ""
    for _ in range(3):
        page = client.get(f"{CALLS}?limit=10{after}", headers=manager).json
        seen += page["calls"]
        after = f"&after={page['next']}"
    assert page["next"] is None
    assert len(seen) == 25
    assert [c["occurred_at"] for c in seen] == sorted((c["occurred_at"] for c in seen), reverse=True)
    assert len(client.get(CALLS, headers=desk).json["calls"]) == 1
    for wrong in ("after=abc", "limit=x", "limit=0", "colour=red"):
        assert client.get(f"{CALLS}?{wrong}", headers=manager).status_code == 400
