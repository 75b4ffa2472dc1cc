"""Private keys that staff tokens are signed with: a file of the issuing service, and nowhere else.

A new key is announced before it signs, so that every service knows it by then: ``reception.access.keys_rotated.v1``.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import clock
from shared.access.model import VerificationKey
from shared.access.verification import ALGORITHM, ISSUER, ISSUING_SERVICE, REGISTRY, believed, put_keys
from shared.db import reader, transaction
from shared.events import GROUP, NewEvent, record
from shared.ids import uuid7
from shared.runtime import Runtime, runtime
from shared.service import names

TOKEN_LIFE = timedelta(minutes=5)
# Time for the announcement to reach every service before the first token is signed with a new key.
ANNOUNCED_BEFORE = timedelta(seconds=60)
_PUBLIC = ("kty", "crv", "x", "kid", "use", "alg")


class NoSigningKey(RuntimeError):
    """No announced key may sign yet."""


def ensure_file(path: Path) -> None:
    """Make the file with a first key when there is none; readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = _written_beside(path, [_new(clock.now())])
        try:
            # A link fails when another process was faster; a rename would throw its key away.
            with contextlib.suppress(FileExistsError):
                os.link(beside, path)
        finally:
            beside.unlink()


def issue(
    staff_id: str, user: str, branch: str, roles: list[str], session_id: str | None = None, csrf: str | None = None
) -> str:
    """A token for all services, good for five minutes; ``csrf`` is what forms of the session bring along.

    Without a session it stands for one of its own, which nobody can refresh.
    """
    with reader() as session:
        key = _signing_key(session)
    if key is None:
        with transaction() as session:
            announce(session)
            key = _signing_key(session)
    if key is None:
        raise NoSigningKey("no announced signing key is active")
    now = clock.now()
    claims = {
        "iss": ISSUER, "aud": list(names()), "sub": staff_id, "name": user, "branch": branch, "roles": sorted(roles),
        "iat": int(now.timestamp()), "exp": int((now + TOKEN_LIFE).timestamp()), "jti": secrets.token_hex(8),
        "sid": session_id or uuid7(), "csrf": csrf or secrets.token_urlsafe(24),
    }  # fmt: skip
    return jwt.encode(
        {"alg": ALGORITHM, "kid": key["kid"], "typ": "JWT"}, claims, OKPKey.import_key(key), registry=REGISTRY
    )


def rotate(session: Session, *, at_once: bool = False) -> str:
    """Begin a new key and announce it; returns its id.

    It signs a minute later, and the key before stays valid until the next rotation.
    ``at_once`` (a key got out): the new key signs now and all others are refused as soon as the announcement arrives.
    """
    path = runtime().environment.signing_keys_file
    ensure_file(path)
    now = clock.now()
    new = _new(now if at_once else now + ANNOUNCED_BEFORE)
    kept = [] if at_once else _read(path)[-1:]
    _written_beside(path, [*kept, new]).replace(path)
    announce(session)
    return new["kid"]


def announce(session: Session) -> bool:
    """Tell every service the public keys of the file when they are not the ones told last; True when it did."""
    here = runtime()
    ensure_file(here.environment.signing_keys_file)
    public = [{name: key[name] for name in _PUBLIC if name in key} for key in _read(here.environment.signing_keys_file)]
    if set(believed(session)) == {key["kid"] for key in public}:
        return False
    now = clock.now()
    put_keys(session, public, now)
    # Rows are added or retired with each announcement, never removed: together they count the announcements.
    version = session.execute(
        select(func.count() + func.count(VerificationKey.retired_at)).select_from(VerificationKey)
    ).scalar_one()
    record(
        session,
        NewEvent(
            type=f"{ISSUING_SERVICE}.access.keys_rotated.v1", subject="access/keys", branch=GROUP, version=version,
            data={"keys": public},
        ),
    )  # fmt: skip
    return True


def announce_at_start(here: Runtime) -> None:
    """What the issuing service does when it starts; nothing in the others."""
    if here.service.name == ISSUING_SERVICE:
        with here.database.transaction() as session:
            announce(session)


def _signing_key(session: Session) -> dict[str, Any] | None:
    path = runtime().environment.signing_keys_file
    announced, now = believed(session), clock.now()
    keys = _read(path) if path.exists() else []
    ready = [key for key in keys if key["kid"] in announced and clock.parse(key["active_from"]) <= now]
    return ready[-1] if ready else None


def _new(active_from: datetime) -> dict[str, Any]:
    parameters: Any = {"kid": secrets.token_hex(8), "use": "sig", "alg": ALGORITHM}
    key = OKPKey.generate_key("Ed25519", parameters, private=True).as_dict(private=True)
    return {**key, "active_from": clock.wire(active_from)}


def _read(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))["keys"]


def _written_beside(path: Path, keys: list[dict[str, Any]]) -> Path:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"keys": keys}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return beside
