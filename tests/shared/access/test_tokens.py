"""Staff tokens: signed with announced keys only, read strictly, good for minutes and for the services they name."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import stat
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from joserfc import jwt
from joserfc.jwk import OKPKey, RSAKey
from sqlalchemy import select

from shared import clock
from shared.access import reactions, signing, verification
from shared.access.model import VerificationKey
from shared.access.verification import Verifier
from shared.db import reader, transaction
from shared.events.tables import EventLog
from tests.shared.http.toy import BRANCH, Desk

URL = "/desk/api/v1/notes"


def status(desk: Desk, token: str) -> int:
    return desk.client.get(URL, headers={"Authorization": f"Bearer {token}"}).status_code


def private_key(desk: Desk) -> dict[str, Any]:
    return json.loads(desk.runtime.environment.signing_keys_file.read_text())["keys"][-1]


def claims(**other: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    return {
        "iss": "yingbin/reception", "aud": ["reception", "desk"], "sub": "s1", "name": "wang", "branch": BRANCH,
        "roles": ["clerk"], "iat": now, "exp": now + 300, "sid": "session-1", "csrf": "abc", **other,
    }  # fmt: skip


def signed(desk: Desk, content: dict[str, Any], **header: Any) -> str:
    key = private_key(desk)
    header = {"alg": "EdDSA", "kid": key["kid"], **header}
    return jwt.encode(header, content, OKPKey.import_key(key), registry=verification.REGISTRY)


def forget_keys(desk: Desk) -> None:
    """As if three seconds had passed."""
    Verifier.of(desk.runtime.database)._until = 0.0


def part(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def test_a_token_says_who_where_and_what_roles(desk: Desk) -> None:
    token = desk.token("clerk")
    assert status(desk, token) == 200
    with desk.app.app_context():
        actor = Verifier.of(desk.runtime.database).recognise(token, "desk", desk.runtime.roles)
    assert actor is not None
    assert (actor.kind, actor.branch, actor.label) == ("staff", BRANCH, "wang")
    assert actor.permissions == {"notes.read", "notes.write", "settings.change"}


def test_it_ends_after_five_minutes(small_desk: Desk) -> None:
    token = small_desk.token("clerk")
    with time_machine.travel(clock.now() + timedelta(seconds=299)):
        assert status(small_desk, token) == 200
    with time_machine.travel(clock.now() + timedelta(seconds=301)):
        assert status(small_desk, token) == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": ["reporting"]}, {"aud": "desk"}, {"aud": []}, {"iss": "yingbin/reporting"}, {"iss": None}, {"exp": 1},
        {"exp": "never"}, {"exp": True}, {"iat": 99999999999}, {"roles": "clerk"}, {"roles": [1]}, {"branch": None},
        {"branch": 7}, {"sub": None}, {"sid": None}, {"sid": ""}, {"csrf": ""},
    ],
)  # fmt: skip
def test_rightly_signed_but_wrongly_said_is_refused(small_desk: Desk, wrong: dict[str, Any]) -> None:
    """S15, S16, S17."""
    small_desk.token("clerk")
    assert status(small_desk, signed(small_desk, claims())) == 200
    assert status(small_desk, signed(small_desk, claims(**wrong))) == 401


def test_a_missing_claim_is_refused(small_desk: Desk) -> None:
    small_desk.token("clerk")
    for name in claims():
        without = {key: value for key, value in claims().items() if key != name}
        assert status(small_desk, signed(small_desk, without)) == 401, name


def test_only_eddsa_with_a_key_of_ours_is_read(small_desk: Desk) -> None:
    """S16: none, a MAC over the public key, RSA, a stranger's Ed25519 key, a key brought along."""
    small_desk.token("clerk")
    key = private_key(small_desk)
    public = base64.urlsafe_b64decode(key["x"] + "==")
    none = f"{part({'alg': 'none', 'kid': key['kid']})}.{part(claims())}."
    body = f"{part({'alg': 'HS256', 'kid': key['kid']})}.{part(claims())}"
    mac = base64.urlsafe_b64encode(hmac.new(public, body.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
    rsa = RSAKey.generate_key(2048, {"kid": key["kid"]})
    stranger = OKPKey.generate_key("Ed25519", {"kid": key["kid"]})
    brought = {"alg": "EdDSA", "kid": key["kid"], "jwk": stranger.as_dict(private=False)}
    forged = [
        none, none + "x", f"{body}.{mac}", jwt.encode({"alg": "RS256", "kid": key["kid"]}, claims(), rsa),
        jwt.encode({"alg": "EdDSA", "kid": key["kid"]}, claims(), stranger, registry=verification.REGISTRY),
        jwt.encode(brought, claims(), stranger, registry=verification.REGISTRY),
        signed(small_desk, claims(), kid="unknown"), signed(small_desk, claims())[:-4] + "AAAA",
        signed(small_desk, claims()).replace(".", "..", 1), "a.b.c", "..", "é.é.é", "x" * 5000,
        f"{part({'alg': 'EdDSA'})}.{part(claims())}.AAAA", f"{part([])}.{part([])}.AAAA",
    ]  # fmt: skip
    for token in forged:
        assert status(small_desk, token) == 401, token[:60]
    assert status(small_desk, signed(small_desk, claims())) == 200


def test_a_changed_claim_breaks_the_signature(small_desk: Desk) -> None:
    header, body, signature = small_desk.token("visitor").split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert status(small_desk, f"{header}.{part({**said, 'roles': ['clerk']})}.{signature}") == 401


def test_a_role_without_the_permission_is_refused_at_the_action(small_desk: Desk) -> None:
    answer = small_desk.client.post(f"{URL}/staff", json={"text": "x"}, headers=small_desk.staff("visitor"))
    assert (answer.status_code, answer.get_json()["type"]) == (403, "/problems/forbidden")


def test_private_keys_are_readable_by_their_owner_alone_and_never_announced(desk: Desk) -> None:
    desk.token("clerk")
    path = desk.runtime.environment.signing_keys_file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = private_key(desk)["d"]
    with desk.inside(), reader() as session:
        for row in session.scalars(select(VerificationKey)):
            assert "d" not in row.jwk
        events = list(session.scalars(select(EventLog)))
    assert [event.type for event in events] == ["reception.access.keys_rotated.v1"]
    assert secret not in (events[0].data or "")


def test_keys_are_announced_when_they_differ_and_only_then(small_desk: Desk) -> None:
    with small_desk.inside(), transaction() as session:
        assert signing.announce(session)
        assert not signing.announce(session)
        signing.rotate(session)
        signing.rotate(session)
    with small_desk.inside(), reader() as session:
        versions = [event.version for event in session.scalars(select(EventLog).order_by(EventLog.id))]
    assert versions == sorted(set(versions))
    assert len(versions) == 3


def test_a_new_key_is_known_everywhere_before_it_signs_and_the_old_one_stays_for_its_tokens(small_desk: Desk) -> None:
    old = small_desk.token("clerk")
    with small_desk.inside(), transaction() as session:
        new_kid = signing.rotate(session)
    forget_keys(small_desk)
    assert status(small_desk, old) == 200

    def kid_of(token: str) -> str:
        return json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["kid"]

    assert kid_of(small_desk.token("clerk")) == kid_of(old)
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert kid_of(small_desk.token("clerk")) == new_kid
        with small_desk.inside(), transaction() as session:
            signing.rotate(session)
        forget_keys(small_desk)
        assert status(small_desk, old) == 401, "two rotations later its key is retired"


def test_a_key_that_got_out_is_refused_at_once(small_desk: Desk) -> None:
    old = small_desk.token("clerk")
    with small_desk.inside(), transaction() as session:
        signing.rotate(session, at_once=True)
    forget_keys(small_desk)
    assert status(small_desk, old) == 401
    assert status(small_desk, small_desk.token("clerk")) == 200


def test_two_processes_that_start_together_make_one_file(small_desk: Desk) -> None:
    from concurrent.futures import ThreadPoolExecutor

    path = small_desk.runtime.environment.data_dir / "other" / "keys.json"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(signing.ensure_file, [path] * 8))
    assert len(json.loads(path.read_text())["keys"]) == 1
    assert [each.name for each in path.parent.iterdir()] == ["keys.json"]


def test_another_service_believes_what_was_announced_and_nothing_older(small_desk: Desk) -> None:
    """What the projection makes of the events is what the issuer wrote."""
    from shared.events.envelope import Event

    with small_desk.inside(), transaction() as session:
        signing.announce(session)
        signing.rotate(session)
        signing.rotate(session)
        issued = {row.kid: row.retired_at is None for row in session.scalars(select(VerificationKey))}
        told = [json.loads(event.data or "{}") for event in session.scalars(select(EventLog).order_by(EventLog.id))]
        for row in session.scalars(select(VerificationKey)):
            session.delete(row)
        session.flush()
        for number, data in enumerate(told, 1):
            event = Event.__new__(Event)
            for name, value in {"data": data, "time": f"2026-11-23T10:00:{number:02d}.000000Z"}.items():
                object.__setattr__(event, name, value)
            reactions.on_keys_rotated(session, event)
        heard = {row.kid: row.retired_at is None for row in session.scalars(select(VerificationKey))}
    assert heard == issued
    assert sum(heard.values()) == 2
