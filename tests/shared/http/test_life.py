"""The fixed life of a request: id and trace, headers, log line, deadline, nobody's rights at its beginning."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import request

from shared import logs
from shared.access import SYSTEM, acting_as, current_actor
from shared.http import deadline
from shared.trace import current_trace
from shared.web.assets import address
from tests.shared.http.toy import Desk

URL = "/desk/api/v1/notes"
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def lines(small_desk: Desk, capsys: pytest.CaptureFixture[str]) -> Any:
    """The log lines since the last call."""
    logs.configure("INFO")
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def seen_by_a_view(desk: Desk, look: Any, headers: dict[str, str] | None = None) -> tuple[Any, Any]:
    """What ``look()`` gives inside a request, and the answer."""
    found: list[Any] = []
    desk.app.view_functions["notes.broken"] = lambda: (found.append(look()), {"ok": True})[1]
    answer = desk.client.get(f"{URL}/broken", headers=headers)
    return found[0], answer


def test_a_well_formed_request_id_goes_all_the_way(small_desk: Desk) -> None:
    trace, answer = seen_by_a_view(small_desk, current_trace, {"X-Request-Id": "kiosk-7.2026_1"})
    assert answer.headers["X-Request-Id"] == "kiosk-7.2026_1"
    assert (trace.correlation_id, trace.causation_id) == ("kiosk-7.2026_1", None)
    assert small_desk.client.get("/desk/x", headers={"X-Request-Id": "12345678"}).get_json()["request_id"] == "12345678"


@pytest.mark.parametrize(
    "bad", ["", "short", "a b c d e f g", "x" * 65, "张三张三张三张三", '12345678"}', "<script>alert(1)"]
)
def test_a_strangers_text_is_no_request_id(small_desk: Desk, bad: str) -> None:
    answer = small_desk.client.get("/desk/healthz", headers={"X-Request-Id": bad.encode().decode("latin-1")})
    assert len(answer.headers["X-Request-Id"]) == 32


def test_a_trace_goes_on_with_a_span_of_our_own(small_desk: Desk) -> None:
    trace, answer = seen_by_a_view(small_desk, current_trace, {"traceparent": TRACEPARENT})
    assert trace.traceparent.startswith("00-4bf92f3577b34da6a3ce929d0e0e4736-")
    assert trace.traceparent != TRACEPARENT
    assert answer.headers["X-Request-Id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    for bad in ("00-" + "0" * 32 + "-00f067aa0ba902b7-01", TRACEPARENT.upper(), TRACEPARENT + "-x", "junk"):
        assert seen_by_a_view(small_desk, current_trace, {"traceparent": bad})[0].traceparent is None


def test_after_the_request_nothing_of_it_is_left(small_desk: Desk) -> None:
    before = (current_trace(), current_actor(), deadline.remaining())
    with small_desk.client:
        small_desk.client.get("/desk/healthz", headers={"X-Request-Id": "12345678"})
        assert request.path == "/desk/healthz"
        assert (current_trace(), current_actor(), deadline.remaining()) == before


def test_a_call_from_inside_does_not_bring_its_callers_rights(small_desk: Desk) -> None:
    with acting_as(SYSTEM):
        actor, _ = seen_by_a_view(small_desk, current_actor)
        assert actor.kind == "public"
        assert current_actor() is SYSTEM


@pytest.mark.parametrize("path", ["/desk/", "/desk/healthz", URL, "/desk/nope", "/desk/openapi.json", "/desk/problems"])
def test_every_answer_carries_the_security_headers(small_desk: Desk, path: str) -> None:
    headers = small_desk.client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Server" not in headers
    assert len(headers.getlist("X-Request-Id")) == 1


def test_pages_need_nothing_that_the_policy_forbids(small_desk: Desk) -> None:
    for path in ("/desk/", "/desk/problems"):
        page = small_desk.client.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", page), "a script in the page itself"
        for forbidden in (" style=", "<style", "onclick", "http://", "https://", "data:"):
            assert forbidden not in page, (path, forbidden)
    assert small_desk.client.get(address("/desk", "yingbin.css")).status_code == 200


def test_one_line_per_request_without_values(small_desk: Desk, lines: Any) -> None:
    entry = small_desk.kiosk()
    lines()
    body = {"text": "欧阳娜娜 13812345678"}
    small_desk.client.post(f"{URL}?phone=13812345678", json=body, headers={**entry, "Idempotency-Key": "13812345678"})
    small_desk.client.get("/desk/欧阳娜娜?x=13812345678")
    small_desk.client.get("/desk/healthz")
    first, second = [line for line in lines() if line["event"] == "request"]
    assert (first["method"], first["route"], first["status"]) == ("POST", URL, 201)
    assert first["actor"].startswith("kiosk/")
    assert (second["route"], second["status"], second["actor"]) == ("unmatched", 404, None)
    assert not any(secret in json.dumps([first, second], ensure_ascii=False) for secret in ("欧阳", "138", "yb_"))


def test_a_line_cannot_be_forged(small_desk: Desk, lines: Any) -> None:
    lines()
    small_desk.client.open("/desk/a%0a%7b%22event%22%3a%22forged%22%7d", method='X"Y')
    assert [(line["event"], line["method"]) for line in lines()] == [("request", "?")]


def test_an_exception_is_noted_by_kind_and_place(small_desk: Desk, lines: Any) -> None:
    lines()
    small_desk.client.get(f"{URL}/broken")
    failed = next(line for line in lines() if line["event"] == "request.failed")
    assert failed["error"] == "RuntimeError"
    assert any("broken" in place for place in failed["where"])
    assert failed["request_id"]


def test_log_exception_keeps_messages_out(lines: Any) -> None:
    import logging

    import structlog

    try:
        raise ValueError("13812345678")
    except ValueError:
        structlog.get_logger("a").exception("it.failed")
        logging.getLogger("b").exception("it failed too")
    found = lines()
    assert [line["error"] for line in found] == ["ValueError", "ValueError"]
    assert "138" not in json.dumps(found)


def test_no_statement_begins_after_the_deadline(small_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "SECONDS", -1.0)
    monkeypatch.setattr(deadline.begin, "__defaults__", (-1.0,))
    staff = small_desk.staff("clerk")
    answer = small_desk.client.get(URL, headers=staff)
    assert (answer.status_code, answer.get_json()["type"]) == (503, "/problems/deadline-passed")
    assert answer.headers["Retry-After"]


def test_an_accept_that_we_cannot_serve_is_answered_in_json(small_desk: Desk) -> None:
    answer = small_desk.client.get(URL, headers={**small_desk.staff("clerk"), "Accept": "text/html"})
    assert (answer.status_code, answer.content_type) == (200, "application/json")


def test_chinese_is_not_escaped_and_keys_keep_their_order(small_desk: Desk) -> None:
    staff = small_desk.staff("clerk")
    answer = small_desk.client.post(f"{URL}/staff", json={"text": "欧阳"}, headers=staff)
    assert "欧阳".encode() in answer.data
    assert answer.text.index("note_id") < answer.text.index("text")
