"""S51: who reads the logs learns nothing about anybody; one id leads from the first tap to the last figure."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from shared import logs
from shared.events.handlers import Reaction
from shared.events.tables import EventLog
from shared.trace import current_trace
from tests.kit.house import SERVICES, House
from tests.kit.morning import PASSWORD, play
from tests.reception.door import body, kiosk
from tests.security.keys_at_hand import KeysAtHand
from tests.shared.http.bad_inputs import routes

EMBEDDED = pytest.mark.parametrize("stack", ["embedded"], indirect=True)
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
# Of the invented visitors of the morning, of staff, of keys and tokens.
PERSONAL = [
    "客人", "1390000", "京A00", PASSWORD, "yb_kiosk_", "yb_service_", "eyJ", "欧阳娜娜", "13812345678", "京A12345",
]  # fmt: skip


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """Everything that was logged since the last call, at the most talkative level."""
    logs.configure("DEBUG")
    yield lambda: capsys.readouterr().out
    logs.configure("INFO")


@EMBEDDED
def test_s51_a_whole_morning_leaves_nobody_in_the_logs(house: House, written: Callable[[], str]) -> None:
    play(house)
    for service in SERVICES:
        keys, client = KeysAtHand(house, service), house.client(service)
        for route in routes(house.app(service), "GET", "POST", "PUT", "PATCH", "DELETE"):
            for url in (f"{route.url}?phone=13812345678&name=欧阳娜娜", route.url + "/欧阳娜娜", route.url):
                headers = {**keys(route), "Idempotency-Key": "13812345678", "X-Request-Id": "13812345678 "}
                typed = {"name": "欧阳娜娜", "phone": "13812345678", "plate": "京A12345"}
                client.open(url, method=route.method, headers=headers, json=typed)
    said = written()
    assert said.count('"event": "request"') > 100
    assert [secret for secret in PERSONAL if secret in said] == []
    for line in said.splitlines():
        json.loads(line)


BAD = ["\r\n", "\x1b[2J", "\x07", "\x9b2J", "\x7f", "\u202e", "\u2028", "\x00", '"}\n{"event": "x']


@pytest.mark.parametrize("bad", BAD, ids=ascii)
def test_s51_a_line_is_one_line_whatever_stands_in_it(written: Callable[[], str], bad: str) -> None:
    written()
    structlog.get_logger("a").warning("it.was", said=f"a{bad}b", error=f"c{bad}d")
    logging.getLogger("b").warning("it was %s", f"e{bad}f")
    said = written()
    assert said.count("\n") == 2
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", said)
    first, second = [json.loads(line) for line in said.splitlines()]
    assert (first["said"], second["event"]) == (f"a{bad}b", f"it was e{bad}f")


def test_one_id_leads_from_the_kiosk_to_the_last_consumer_and_its_log_line(
    house: House, written: Callable[[], str]
) -> None:
    seen: list[Any] = []

    def act(event: Any) -> None:
        seen.append(current_trace())
        structlog.get_logger("test").warning("arrival.noted")

    kind = "reception.visit.checked_in.v1"
    house.runtime("appointments").handlers.reactions["test.trace"] = Reaction("test.trace", frozenset({kind}), act)
    house.renew_consumers("appointments")
    try:
        ids = {"Idempotency-Key": "a", "X-Request-Id": "kiosk-7.morning", "traceparent": TRACEPARENT}
        headers = {**kiosk(house), **ids}
        answer = house.client("reception").post("/reception/api/v1/check-ins", json=body(), headers=headers)
        assert (answer.status_code, answer.headers["X-Request-Id"]) == (201, "kiosk-7.morning")
        house.settle()
    finally:
        del house.runtime("appointments").handlers.reactions["test.trace"]
    with house.reading("reception") as session:
        (row,) = session.scalars(select(EventLog).where(EventLog.type == kind))
    assert row.correlation_id == "kiosk-7.morning"
    (trace,) = seen
    assert (trace.correlation_id, trace.causation_id) == ("kiosk-7.morning", row.event_id)
    assert trace.traceparent.split("-")[1] == TRACEPARENT.split("-")[1]
    lines = [json.loads(line) for line in written().splitlines() if '"arrival.noted"' in line]
    assert [line["request_id"] for line in lines] == ["kiosk-7.morning"]
