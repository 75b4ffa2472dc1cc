"""Keys of machines: kept as hashes, bound to a branch and scopes, ended everywhere within seconds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select, text

from shared import clock
from shared.access import keys
from shared.access.guards import recognise
from shared.access.keys import KeyRing
from shared.access.model import AccessKey
from shared.db import reader, transaction
from shared.http.model import Idempotency
from tests.shared.http.desk.notes.model import Note
from tests.shared.http.toy import BRANCH, OTHER, Desk

URL = "/desk/api/v1/notes"


def write(desk: Desk, entry: dict[str, str], **body: Any) -> Any:
    return desk.client.post(URL, json={"text": "x", **body}, headers={**entry, "Idempotency-Key": str(id(body))})


def stored(desk: Desk) -> list[str]:
    with desk.inside(), reader() as session:
        return [note.branch_id for note in session.scalars(select(Note))]


def plain(entry: dict[str, str]) -> str:
    return entry["Authorization"].removeprefix("Bearer ")


def test_nothing_that_opens_a_door_is_kept(desk: Desk) -> None:
    """S36: a copy of the database is no key."""
    entry = desk.kiosk()
    secret = plain(entry).split("_", 3)[3]
    assert write(desk, entry).status_code == 201
    with desk.inside(), reader() as session:
        tables = session.scalars(
            text(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                if desk.runtime.database.dialect == "sqlite"
                else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
        ).all()
        for table in tables:
            for row in session.execute(text(f'SELECT * FROM "{table}"')):
                assert secret not in str(tuple(row)), table


def test_a_key_opens_what_its_scope_names_and_nothing_else(small_desk: Desk) -> None:
    """S37, S41."""
    for kind, scopes, status in (
        ("kiosk", ["notes"], 201), ("kiosk", ["other"], 403), ("kiosk", [], 403), ("hq", ["notes"], 403),
        ("service", ["notes", "events"], 403),
    ):  # fmt: skip
        entry = small_desk.key(kind, scopes, BRANCH if kind == "kiosk" else None)
        answer = write(small_desk, entry)
        assert answer.status_code == status, (kind, scopes)
    assert len(stored(small_desk)) == 1
    assert small_desk.client.get(f"{URL}/x", headers=small_desk.kiosk()).status_code == 403
    assert small_desk.client.get("/desk/api/v1/events", headers=small_desk.kiosk()).status_code == 403
    assert small_desk.client.get("/desk/api/v1/events", headers=small_desk.staff("clerk")).status_code == 403


def test_the_branch_is_the_keys_whatever_the_request_says(small_desk: Desk) -> None:
    """S04, S40."""
    entry = {**small_desk.kiosk(OTHER), "X-Branch": BRANCH}
    answer = small_desk.client.post(
        f"{URL}?branch={BRANCH}", json={"text": "x"}, headers={**entry, "Idempotency-Key": "a"}
    )
    assert answer.status_code == 201
    assert stored(small_desk) == [OTHER]
    assert write(small_desk, entry, branch=BRANCH).status_code == 422


def test_every_wrong_key_gets_the_same_answer(small_desk: Desk) -> None:
    """S15, S37: unknown, revoked, misspelt, of another kind, none: nobody learns which."""
    entry = small_desk.kiosk()
    known = plain(entry)
    with small_desk.inside(), transaction() as session:
        revoked = keys.create(session, "kiosk", ["notes"], branch=BRANCH)
        assert keys.revoke(session, keys.id_of(revoked) or "")
        assert not keys.revoke(session, keys.id_of(revoked) or "")
    wrong = [
        None, "", "x", known[:-1], known + "x", known.replace("yb_kiosk", "yb_hq"), known.upper(), revoked,
        known[:-43] + "A" * 43, "yb_kiosk_" + "0" * 32 + known[-44:], "yb_", "yb_kiosk_" + "é", known + " ",
    ]  # fmt: skip
    answers = set()
    for each in wrong:
        headers = {} if each is None else {"Authorization": f"Bearer {each}"}
        answer = small_desk.client.post(
            URL, json={"text": "x"}, headers={**headers, "X-Request-Id": "same-request", "Idempotency-Key": "a"}
        )
        answers.add((answer.status_code, answer.data, answer.headers["WWW-Authenticate"]))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 401
    assert stored(small_desk) == []


def test_a_revoked_key_is_refused_within_three_seconds(small_desk: Desk) -> None:
    """S39."""
    entry = small_desk.kiosk()
    assert write(small_desk, entry).status_code == 201
    with small_desk.inside(), transaction() as session:
        keys.revoke(session, keys.id_of(plain(entry)) or "")
    with time_machine.travel(clock.now() + timedelta(seconds=3.1)):
        KeyRing.of(small_desk.runtime.database)._known = {
            key: (until - 3.1, known) for key, (until, known) in KeyRing.of(small_desk.runtime.database)._known.items()
        }
        assert write(small_desk, entry, again=None).status_code == 401


def test_guessing_ids_fills_no_memory(small_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_MOST_REMEMBERED", 10)
    ring = KeyRing.of(small_desk.runtime.database)
    for number in range(50):
        assert ring.recognise(f"yb_kiosk_{number:032x}_{'A' * 43}") is None
    assert len(ring._known) <= 10


def test_a_kiosks_key_names_its_branch_and_no_other_key_does(small_desk: Desk) -> None:
    with small_desk.inside(), transaction() as session:
        for kind, branch in (("kiosk", None), ("hq", BRANCH), ("service", BRANCH), ("admin", None)):
            with pytest.raises(ValueError):
                keys.create(session, kind, [], branch=branch)


def test_when_a_key_was_last_used_is_noted_once_a_minute_after_the_answer(small_desk: Desk) -> None:
    entry = small_desk.kiosk()

    def seen() -> Any:
        with small_desk.inside(), reader() as session:
            return session.get(AccessKey, keys.id_of(plain(entry))).last_seen_at

    write(small_desk, entry)
    assert seen() is None
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        answer = write(small_desk, entry, count=1)
        assert seen() is None
        answer.close()  # as a server does once everything is sent
        assert seen() is not None


def test_answers_that_are_kept_no_longer_go_away_by_themselves(small_desk: Desk) -> None:
    entry = small_desk.kiosk()
    write(small_desk, entry)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        write(small_desk, entry, count=1).close()
    with small_desk.inside(), reader() as session:
        assert session.scalar(select(func.count()).select_from(Idempotency)) == 1


def test_the_kind_of_a_key_is_its_role(small_desk: Desk) -> None:
    with small_desk.app.test_request_context(headers=small_desk.kiosk()):
        actor = recognise()
    assert (actor.kind, actor.branch, actor.permissions) == ("kiosk", BRANCH, {"notes.write"})
    with small_desk.app.test_request_context(headers=small_desk.key("hq", ["notes"])):
        assert recognise().permissions == frozenset()
