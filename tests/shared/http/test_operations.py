"""Alive, ready, numbers, documents: what operators and machines ask."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from shared.operations import doctor, health
from shared.operations.metrics import exposition
from shared.web.assets import address
from shared.web.index import index_page
from tests.kit.house import House
from tests.shared.http.toy import Desk


def test_alive_asks_nobody(small_desk: Desk) -> None:
    small_desk.runtime.database.dispose()
    (small_desk.runtime.environment.data_dir / "desk.db").rename(small_desk.runtime.environment.data_dir / "gone.db")
    assert small_desk.client.get("/desk/healthz").get_json() == {"status": "ok"}
    answer = small_desk.client.get("/desk/readyz")
    assert (answer.status_code, answer.get_json()["database"]) == (503, "unreachable")
    assert answer.headers["Retry-After"]


def ready(desk: Desk, monkeypatch: pytest.MonkeyPatch, revision: str = "1") -> Any:
    from sqlalchemy import text

    with desk.inside(), desk.runtime.database.transaction() as session:
        session.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)"))
        session.execute(text("DELETE FROM alembic_version"))
        session.execute(text("INSERT INTO alembic_version VALUES ('1')"))
    monkeypatch.setattr(health, "head", lambda service: revision)
    return desk.client.get("/desk/readyz")


def test_ready_when_the_database_answers_at_the_newest_revision(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ready(desk, monkeypatch)
    assert (answer.status_code, answer.get_json()["status"]) == (200, "ready")
    behind = ready(desk, monkeypatch, "2")
    assert (behind.status_code, behind.get_json()["migrations"]) == (503, "behind")


def test_a_broken_bus_is_shown_and_does_not_stop_us(small_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Worker:
        class relay:
            bus_up = False

    small_desk.runtime.worker = Worker
    answer = ready(small_desk, monkeypatch)
    assert (answer.status_code, answer.get_json()["bus"]) == (200, "degraded")


def test_a_database_that_hangs_is_not_ready_after_a_second(small_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    monkeypatch.setattr(health, "_ask", lambda here: let_go.wait(10))
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.05)
    answer = small_desk.client.get("/desk/readyz")
    let_go.set()
    assert (answer.status_code, answer.get_json()["database"]) == (503, "unreachable")


def test_on_the_way_out_no_new_guests_are_sent(small_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    small_desk.runtime.draining = True
    answer = ready(small_desk, monkeypatch)
    assert (answer.status_code, answer.get_json()["status"]) == (503, "draining")


def test_requests_are_counted_by_route_never_by_path(small_desk: Desk) -> None:
    staff = small_desk.staff("clerk")
    for note in ("1", "2", "3"):
        small_desk.client.get(f"/desk/api/v1/notes/{note}", headers=staff)
    small_desk.client.get("/desk/13812345678")
    text = small_desk.client.get("/desk/metrics").text
    counted = re.search(
        r'http_requests_total\{endpoint="/desk/api/v1/notes/<note_id>",method="GET",[^}]*status="404"\} (\d+)', text
    )
    assert counted
    assert int(counted[1]) >= 3
    assert "13812345678" not in text
    assert "http_request_duration_seconds_bucket" in text
    assert 'event_log_head{service="desk"}' in text
    assert 'outbox_pending{service="desk"}' in text
    assert 'yingbin_build_info{build="dev",service="desk"}' in text


def test_each_service_of_a_process_shows_its_own_numbers(small_desk: Desk) -> None:
    from shared.operations.metrics import count_request

    count_request("elsewhere", "/elsewhere/x", "GET", 200, 0.1)
    text = exposition(small_desk.runtime).decode()
    assert "elsewhere" not in text


def test_numbers_without_a_database_are_those_of_the_memory(small_desk: Desk) -> None:
    small_desk.runtime.database.dispose()
    (small_desk.runtime.environment.data_dir / "desk.db").unlink()
    answer = small_desk.client.get("/desk/metrics")
    assert answer.status_code == 200
    assert 'yingbin_flow_known{service="desk"} 0.0' in answer.text


def test_several_processes_add_up(tmp_path: Path) -> None:
    """As under gunicorn: each process counts into files of one folder, any of them shows the sum."""
    count = "from shared.operations.metrics import count_request as c; c('desk', '/desk/x', 'GET', 200, 0.01)"
    show = (
        "from shared.operations.metrics import _counted, _own\n"
        "print([s.value for f in _own(_counted(), 'desk') for s in f.samples if s.name == 'http_requests_total'])"
    )
    variables = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for program in (count, count, count):
        subprocess.run([sys.executable, "-c", program], env=variables, check=True, timeout=60)
    shown = subprocess.run([sys.executable, "-c", show], env=variables, check=True, timeout=60, capture_output=True)
    assert shown.stdout.split() == [b"[3.0]"]


def test_the_document_names_every_route_and_is_valid(small_desk: Desk) -> None:
    document = small_desk.client.get("/desk/openapi.json").get_json()
    validate(document)
    assert document["openapi"] == "3.1.0"
    rules = {re.sub(r"<([^>]+)>", r"{\1}", rule.rule) for rule in small_desk.app.url_map.iter_rules()}
    inside = {rule for rule in rules if "/api/" in rule} - {"/desk/api/v1/events"}
    assert inside <= set(document["paths"])
    post = document["paths"]["/desk/api/v1/notes"]["post"]
    assert post["security"] == [{"bearer": []}]
    text = document["components"]["schemas"]["NoteIn"]["properties"]["text"]
    assert (text["maxLength"], text["minLength"]) == (64, 1)
    assert document["components"]["schemas"]["NoteIn"]["additionalProperties"] is False
    assert small_desk.client.get("/desk/asyncapi.json").get_json()["asyncapi"].startswith("3.")


@pytest.mark.parametrize(("language", "title", "word"), [("zh-CN", "柜台", "消息总线"), ("en", "Desk", "Bus")])
def test_the_status_page_is_whole_in_both_languages(
    small_desk: Desk, monkeypatch: pytest.MonkeyPatch, language: str, title: str, word: str
) -> None:
    ready(small_desk, monkeypatch)
    page = small_desk.client.get("/desk/", headers={"Accept-Language": language}).text
    assert f'lang="{language}"' in page
    assert title in page
    assert word in page
    assert small_desk.client.get("/desk/?lang=en").text.count("Recorded") == 1


def test_the_index_lists_the_services_and_knows_nothing_else() -> None:
    client = index_page(("reception", "reporting")).test_client()
    page = client.get("/", headers={"Accept-Language": "en"})
    assert 'href="/reception/"' in page.text
    assert "default-src" in page.headers["Content-Security-Policy"]
    assert client.get("/problems/forbidden").status_code == 200
    assert client.get(address("", "yingbin.css")).status_code == 200
    assert client.get("/healthz").get_json() == {"status": "ok"}
    for path in ("/nope", "/static/..%2f..%2fetc/passwd", "/a//b", "/%00"):
        answer = client.get(path)
        assert answer.status_code in (400, 404)
        assert answer.content_type == "application/problem+json"


def test_the_doctor_says_what_is_wrong(small_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(small_desk, monkeypatch)
    with small_desk.inside():
        findings = {finding.what: finding for finding in doctor.examine(small_desk.runtime)}
        assert findings["database"].well
        assert findings["migrations"].well
        assert findings["parked"].detail == "none"
        monkeypatch.setattr(doctor, "readiness", lambda here: 1 / 0)
        findings = {finding.what: finding for finding in doctor.examine(small_desk.runtime)}
        assert findings["database"].detail == "could not be looked at: ZeroDivisionError"


@pytest.mark.parametrize("stack", ["real"], indirect=True)
@pytest.mark.real
def test_the_doctor_finds_a_healthy_house_healthy_and_a_deleted_exchange(house: House) -> None:
    from shared.events import bus

    with house.at("reporting"):
        findings = {finding.what: finding for finding in doctor.examine(house.runtime("reporting"))}
        for what in ("database", "migrations", "row security", "bus", "exchange", "feed of reception"):
            assert findings[what].well, findings[what]
        bus.EXCHANGE, right = "nobody.made.this", bus.EXCHANGE
        try:
            findings = {finding.what: finding for finding in doctor.examine(house.runtime("reporting"))}
        finally:
            bus.EXCHANGE = right
    assert findings["bus"].well
    assert not findings["exchange"].well
