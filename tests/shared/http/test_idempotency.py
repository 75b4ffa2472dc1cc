"""The numbered cases of doing things once, on both databases."""

from __future__ import annotations

import io
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from shared import clock
from shared.db import reader, transaction
from shared.faults import InjectedFault, armed
from shared.http import idempotency
from shared.http.idempotency import REPLAYED, forget_expired, redact
from shared.http.model import Idempotency
from shared.http.problems import Problem
from tests.shared.http.desk.notes.model import Note
from tests.shared.http.toy import BRANCH, Desk

URL = "/desk/api/v1/notes"
ABOUT = "0199f0a0-0000-7000-8000-00000000abcd"


def post(desk: Desk, entry: dict[str, str], key: str | None, body: Any = None, **options: Any) -> TestResponse:
    headers = {**entry, **({"Idempotency-Key": key} if key is not None else {})}
    if "data" not in options:
        options["json"] = {"text": "good morning"} if body is None else body
    return desk.app.test_client().post(URL, headers=headers, **options)


def notes(desk: Desk) -> int:
    with desk.inside(), reader() as session:
        return session.execute(select(func.count()).select_from(Note)).scalar_one()


def test_the_same_request_twice_is_done_once_and_answered_alike(desk: Desk) -> None:
    entry = desk.kiosk()
    first, second = post(desk, entry, "a"), post(desk, entry, "a")
    assert (first.status_code, first.data, first.content_type) == (second.status_code, second.data, second.content_type)
    assert first.status_code == 201
    assert second.headers[REPLAYED] == "true"
    assert REPLAYED not in first.headers
    assert notes(desk) == 1


def test_spaces_order_of_keys_and_the_time_of_sending_do_not_make_it_another_request(small_desk: Desk) -> None:
    entry = small_desk.kiosk()
    json_type = {"content_type": "application/json"}
    first = post(small_desk, entry, "a", data=b'{"text": "x", "count": 2}', **json_type)
    again = post(
        small_desk, entry, "a", data=b'{ "count":2,"sent_at":"2026-11-23T10:00:00Z","text":"\\u0078" }', **json_type
    )
    assert first.data == again.data
    assert notes(small_desk) == 1


def test_the_same_key_with_another_body_is_refused(desk: Desk) -> None:
    entry = desk.kiosk()
    post(desk, entry, "a")
    other = post(desk, entry, "a", {"text": "good evening"})
    assert (other.status_code, other.get_json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert notes(desk) == 1


def test_without_a_key_nothing_is_done(small_desk: Desk) -> None:
    answer = post(small_desk, small_desk.kiosk(), None)
    assert (answer.status_code, answer.get_json()["type"]) == (400, "/problems/idempotency-key-required")
    assert notes(small_desk) == 0


def test_two_devices_may_choose_the_same_key(small_desk: Desk) -> None:
    first, second = post(small_desk, small_desk.kiosk(), "a"), post(small_desk, small_desk.kiosk(), "a")
    assert first.data != second.data
    assert notes(small_desk) == 2


def test_twenty_at_the_same_moment_make_one(desk: Desk) -> None:
    entry, ready = desk.kiosk(), threading.Barrier(20)

    def send(_: int) -> tuple[int, bytes]:
        ready.wait(10)
        answer = post(desk, entry, "a")
        return answer.status_code, answer.data

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))
    made = {data for status, data in answers if status == 201}
    assert len(made) == 1
    assert notes(desk) == 1
    assert {status for status, _ in answers} <= {201, 409}, Counter(status for status, _ in answers)


def test_an_action_that_fails_leaves_no_answer_and_may_be_tried_again(desk: Desk) -> None:
    entry = desk.kiosk()
    with armed("note.written", "raise"):
        assert post(desk, entry, "a").status_code == 500
    assert notes(desk) == 0
    assert post(desk, entry, "a").status_code == 201
    assert notes(desk) == 1


def test_a_refusal_is_not_kept(small_desk: Desk) -> None:
    entry = small_desk.kiosk()

    def refuse() -> None:
        raise Problem(409, "conflict")

    with armed("note.written", refuse):
        assert post(small_desk, entry, "a").status_code == 409
    assert post(small_desk, entry, "a").status_code == 201


def test_who_finds_his_work_done_by_the_first_gets_the_firsts_answer(
    small_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = small_desk.kiosk()
    first = post(small_desk, entry, "a")
    # As it is when the first one commits after we looked and before our own work fails on what it did.
    look, looked = idempotency._find, []
    monkeypatch.setattr(idempotency, "_find", lambda *a: looked.append(1) or (None if len(looked) == 1 else look(*a)))

    def already() -> None:
        raise Problem(409, "conflict")

    with armed("note.written", already):
        second = post(small_desk, entry, "a")
    assert (second.status_code, second.data) == (201, first.data)


def test_who_is_overtaken_until_the_very_end_is_rolled_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = desk.kiosk()
    first = post(desk, entry, "a")
    look, looked = idempotency._find, []
    monkeypatch.setattr(idempotency, "_find", lambda *a: looked.append(1) or (None if len(looked) == 1 else look(*a)))
    second = post(desk, entry, "a")
    assert (second.status_code, second.data) == (201, first.data)
    assert notes(desk) == 1


def forget_what_was_seen(desk: Desk) -> None:
    """As in another process, or after a restart: nothing is looked up beforehand."""
    desk.runtime.database.memory.pop("idempotency.recent", None)


def test_another_process_knows_the_answer_too(desk: Desk) -> None:
    entry = desk.kiosk()
    first = post(desk, entry, "a")
    forget_what_was_seen(desk)
    again = post(desk, entry, "a")
    assert (again.status_code, again.data, again.headers[REPLAYED]) == (201, first.data, "true")
    assert notes(desk) == 1, "what the second one did is rolled back"
    forget_what_was_seen(desk)
    assert post(desk, entry, "a", {"text": "good evening"}).status_code == 422
    forget_what_was_seen(desk)
    with armed("note.written", lambda: (_ for _ in ()).throw(Problem(409, "conflict"))):
        assert post(desk, entry, "a").data == first.data
    assert notes(desk) == 1


def test_another_process_forgets_what_has_expired(small_desk: Desk) -> None:
    entry = small_desk.kiosk()
    post(small_desk, entry, "a")
    forget_what_was_seen(small_desk)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert post(small_desk, entry, "a", {"text": "another day"}).status_code == 201
    assert notes(small_desk) == 2


def test_killed_between_commit_and_answer_the_client_gets_the_answer_later(desk: Desk) -> None:
    entry = desk.kiosk()
    post(desk, entry, "a")  # the answer is lost on its way
    again = post(desk, entry, "a")
    assert again.status_code == 201
    assert notes(desk) == 1


def test_an_expired_answer_is_forgotten_and_the_key_is_free(small_desk: Desk) -> None:
    entry = small_desk.kiosk()
    post(small_desk, entry, "a")
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert post(small_desk, entry, "a", {"text": "another day"}).status_code == 201
    with time_machine.travel(clock.now() + timedelta(hours=50)), small_desk.inside(), transaction() as session:
        assert forget_expired(session) == 1
        assert session.execute(select(func.count()).select_from(Idempotency)).scalar_one() == 0


def test_erasing_a_person_empties_the_answers_about_him(desk: Desk) -> None:
    entry = desk.kiosk()
    post(desk, entry, "a", {"text": "my secret", "about": ABOUT})
    post(desk, entry, "b")
    with desk.inside(), transaction() as session:
        assert redact(session, f"customer/{ABOUT}") == 1
    with desk.inside(), reader() as session:
        rows = {row.key: row for row in session.scalars(select(Idempotency))}
    assert rows["a"].body is None
    assert rows["a"].body_hash == b""
    assert rows["b"].body
    for _ in "here", "elsewhere":
        gone = post(desk, entry, "a", {"text": "my secret", "about": ABOUT})
        assert (gone.status_code, gone.get_json()["type"]) == (410, "/problems/answer-erased")
        forget_what_was_seen(desk)
    assert notes(desk) == 2


def test_a_file_sent_twice_is_one_upload_and_another_file_is_refused(small_desk: Desk) -> None:
    entry = {**small_desk.kiosk(), "Idempotency-Key": "a"}

    def send(content: bytes, **fields: str) -> TestResponse:
        data = {"file": (io.BytesIO(content), "calls.csv"), **fields}
        return small_desk.client.post(f"{URL}/files", data=data, headers=entry)

    first, again = send(b"x" * 100_000, zone="Asia/Shanghai"), send(b"x" * 100_000, zone="Asia/Shanghai")
    assert (first.status_code, first.text) == (202, "100000")
    assert (again.data, again.headers["Location"]) == (first.data, first.headers["Location"])
    assert send(b"x" * 99_999 + b"y", zone="Asia/Shanghai").status_code == 422
    assert send(b"x" * 100_000, zone="UTC").status_code == 422
    assert send(b"x" * 300_000, zone="UTC").status_code == 413


def test_the_answer_and_the_work_stand_in_one_transaction(desk: Desk) -> None:
    entry = desk.kiosk()
    with armed("note.written", lambda: (_ for _ in ()).throw(InjectedFault("injected"))):
        post(desk, entry, "a")
    with desk.inside(), reader() as session:
        assert session.execute(select(func.count()).select_from(Idempotency)).scalar_one() == 0
    assert notes(desk) == 0


def test_kept_answers_name_no_key_in_plain_and_belong_to_their_owner(small_desk: Desk) -> None:
    entry = small_desk.kiosk(BRANCH)
    post(small_desk, entry, "a")
    with small_desk.inside(), reader() as session:
        row = session.scalars(select(Idempotency)).one()
    assert row.owner.startswith("kiosk/")
    assert entry["Authorization"].rpartition("_")[2] not in row.owner
    assert row.route == "POST /desk/api/v1/notes"


def test_staff_may_leave_the_key_out_and_may_send_it(desk: Desk) -> None:
    clerk, url = desk.staff("clerk"), f"{URL}/staff"

    def post_as_staff(**headers: str) -> TestResponse:
        return desk.client.post(url, json={"text": "x"}, headers={**clerk, **headers})

    assert post_as_staff().data != post_as_staff().data
    assert post_as_staff(**{"Idempotency-Key": "a"}).data == post_as_staff(**{"Idempotency-Key": "a"}).data
    assert notes(desk) == 3


def test_what_is_shown_once_is_not_kept(desk: Desk) -> None:
    entry = desk.kiosk()
    view = desk.app.view_functions["notes.secret"]
    assert view.idempotent
    first = desk.client.post(f"{URL}/secrets", headers={**entry, "Idempotency-Key": "a"})
    again = desk.client.post(f"{URL}/secrets", headers={**entry, "Idempotency-Key": "a"})
    assert first.status_code == 201
    assert (again.status_code, again.get_json()["type"]) == (410, "/problems/answer-not-kept")
    with desk.inside(), reader() as session:
        assert [row.body for row in session.scalars(select(Idempotency))] == [None]
