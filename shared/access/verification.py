"""The public keys that this service believes: which they are, and what a token says."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey
from joserfc.jws import JWSAlgModel, JWSRegistry
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import clock
from shared.access.actor import Actor
from shared.access.ended import EndedSessions
from shared.access.issuer_away import IssuerAway
from shared.access.model import VerificationKey
from shared.access.permissions import Roles
from shared.db import Database

ISSUER = "yingbin/reception"
ISSUING_SERVICE = ISSUER.partition("/")[2]
# RFC 9864 prefers the name Ed25519; readers out there know EdDSA. The curve is checked, so both mean the same here.
ALGORITHM = "EdDSA"


class OnlyEdDSA(JWSRegistry):
    """One algorithm and no other: neither ``none`` nor a MAC over the public key."""

    def get_alg(self, name: str) -> JWSAlgModel:
        """The algorithm, without joserfc's warning about its name."""
        if name != ALGORITHM:
            raise UnsupportedAlgorithmError(f"not {ALGORITHM}")
        return self.algorithms[name]


REGISTRY = OnlyEdDSA()
REMEMBERED_SECONDS = 3.0
_MOST_CHARACTERS = 4096
_LEEWAY_SECONDS = 5


def put_keys(session: Session, jwks: Iterable[Mapping[str, Any]], at: datetime) -> None:
    """Believe exactly these keys from now on; all others are retired."""
    wanted = {str(jwk["kid"]): dict(jwk) for jwk in jwks}
    held = {row.kid: row for row in session.scalars(select(VerificationKey))}
    for kid, row in held.items():
        if kid not in wanted and row.retired_at is None:
            row.retired_at = at
    for kid, jwk in wanted.items():
        if kid not in held:
            session.add(VerificationKey(kid=kid, jwk=jwk, added_at=at, retired_at=None))
        else:
            held[kid].retired_at = None
    session.flush()


def believed(session: Session) -> dict[str, dict[str, Any]]:
    """The keys that are not retired, by their id."""
    rows = session.scalars(select(VerificationKey).where(VerificationKey.retired_at.is_(None)))
    return {row.kid: row.jwk for row in rows}


class Verifier:
    """What one process remembers of the keys; at most three seconds behind the table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys: dict[str, OKPKey] = {}
        self._until = 0.0
        self._lock = threading.Lock()

    @classmethod
    def of(cls, database: Database) -> Verifier:
        """The verifier of this database in this process."""
        found = database.memory.get(cls)
        if found is None:
            found = database.memory.setdefault(cls, cls(database))
        return found

    def recognise(self, token: str, audience: str, roles: Roles) -> Actor | None:
        """The staff member that a token names; None for anything forged, expired, foreign or unreadable."""
        if len(token) > _MOST_CHARACTERS or token.count(".") != 2:
            return None
        try:
            read = jwt.decode(token, self._key, registry=REGISTRY)
            actor = _actor(read.claims, audience, roles)
            if actor is None or not self._in_time(read.claims, audience):
                return None
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
        return None if EndedSessions.of(self._database).has(actor.session) else actor

    def _in_time(self, claims: Mapping[str, Any], audience: str) -> bool:
        now = clock.now().timestamp()
        if now < claims["exp"]:
            return True
        if audience == ISSUING_SERVICE:
            return False
        # Nobody can get a new token while the issuer is away, and nobody is to be signed out by that.
        longer = IssuerAway.of(self._database).accepted_for(ISSUING_SERVICE)
        return longer is not None and now < claims["iat"] + longer.total_seconds()

    def _key(self, header: Any) -> OKPKey:
        kid = header.headers().get("kid")
        if self._until < clock.monotonic():
            self._read()
        return self._keys[kid]

    def _read(self) -> None:
        with self._lock:
            if self._until >= clock.monotonic():
                return
            with self._database.reader() as session:
                found = believed(session)
            keys = {}
            for kid, jwk in found.items():
                if jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519" and "d" not in jwk:
                    keys[kid] = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": jwk["x"], "kid": kid})
            self._keys, self._until = keys, clock.monotonic() + REMEMBERED_SECONDS


def _actor(claims: Mapping[str, Any], audience: str, roles: Roles) -> Actor | None:
    now = clock.now().timestamp()
    aud, iat, exp = claims["aud"], claims["iat"], claims["exp"]
    if claims["iss"] != ISSUER or type(aud) is not list or audience not in aud:
        return None
    if type(exp) is not int or type(iat) is not int or iat > now + _LEEWAY_SECONDS:
        return None
    held, branch, user, session, csrf = (claims[name] for name in ("roles", "branch", "name", "sid", "csrf"))
    texts = (branch, user, claims["sub"], session, csrf)
    if type(held) is not list or not all(type(text) is str for text in (*held, *texts)) or not session or not csrf:
        return None
    return Actor(
        "staff", claims["sub"], branch, roles.permissions(held), frozenset(), user, frozenset(held), session, csrf
    )  # fmt: skip
