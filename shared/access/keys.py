"""Keys of machines: ``yb_<kind>_<id>_<secret>``, known here by the hash of their secret only.

A key is looked up by its id and remembered for three seconds: within that time every process refuses a revoked one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared import clock
from shared.access.actor import Actor
from shared.access.model import AccessKey
from shared.access.permissions import Roles
from shared.db import Database
from shared.ids import uuid7

KINDS = ("kiosk", "hq", "service")
REMEMBERED_SECONDS = 3.0
SEEN_EVERY = timedelta(minutes=1)
_MOST_REMEMBERED = 10_000
_PLAIN = re.compile(r"yb_([a-z]{2,10})_([0-9a-f]{32})_([A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Known:
    """What the table says of a key that is not revoked."""

    id: str
    kind: str
    hash: str
    branch: str | None
    scopes: frozenset[str]
    label: str

    def actor(self, roles: Roles) -> Actor:
        """Who acts with it; the kind of the key is its role."""
        return Actor(self.kind, self.id, self.branch, roles.permissions((self.kind,)), self.scopes, self.label)


def create(session: Session, kind: str, scopes: Iterable[str], branch: str | None = None, label: str = "") -> str:
    """Make a key and return it in plain: the only time anybody sees it. ValueError for a kiosk without its branch."""
    if kind not in KINDS or (kind == "kiosk") != (branch is not None):
        raise ValueError("a key is of a kiosk and its branch, of headquarters or of a service")
    key_id, secret = uuid7(), secrets.token_urlsafe(32)
    session.add(
        AccessKey(
            id=key_id, kind=kind, hash=_hash(secret), branch_id=branch, scopes=sorted(set(scopes)), label=label,
            created_at=clock.now(), revoked_at=None, last_seen_at=None,
        )
    )  # fmt: skip
    session.flush()
    return f"yb_{kind}_{key_id.replace('-', '')}_{secret}"


def id_of(plain: str) -> str | None:
    """The id in a plain key, None when it has not the form of one."""
    found = _PLAIN.fullmatch(plain)
    if found is None:
        return None
    digits = found[2]
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def revoke(session: Session, key_id: str) -> bool:
    """End a key for good; False when there is none that still works."""
    done = session.execute(
        update(AccessKey).where(AccessKey.id == key_id, AccessKey.revoked_at.is_(None)).values(revoked_at=clock.now())
    )
    return done.rowcount > 0  # type: ignore[attr-defined]


def recognise(session: Session, plain: str) -> Known | None:
    """The key that ``plain`` is, None for an unknown, wrong or revoked one."""
    key_id = id_of(plain)
    return _matching(_load(session, key_id), plain) if key_id else None


class KeyRing:
    """What one process remembers of its service's keys."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._known: dict[str, tuple[float, Known | None]] = {}
        self._seen: dict[str, datetime] = {}
        self._written = clock.now()
        self._lock = threading.Lock()

    @classmethod
    def of(cls, database: Database) -> KeyRing:
        """The ring of this database in this process."""
        found = database.memory.get(cls)
        if found is None:
            found = database.memory.setdefault(cls, cls(database))
        return found

    def recognise(self, plain: str) -> Known | None:
        """As ``recognise``, at most three seconds behind the table."""
        key_id = id_of(plain)
        if key_id is None:
            return None
        now = clock.monotonic()
        remembered = self._known.get(key_id)
        if remembered is None or remembered[0] < now:
            with self.database.reader() as session:
                remembered = (now + REMEMBERED_SECONDS, _load(session, key_id))
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[key_id] = remembered
        known = _matching(remembered[1], plain)
        if known is not None:
            self._seen[key_id] = clock.now()
        return known

    def write_seen(self) -> bool:
        """Note when keys were last used, if nobody did within the last minute; True when it was done."""
        now = clock.now()
        with self._lock:
            if now - self._written < SEEN_EVERY or not self._seen:
                return False
            self._written = now
            seen, self._seen = self._seen, {}
        with self.database.transaction() as session:
            for key_id, when in seen.items():
                session.execute(update(AccessKey).where(AccessKey.id == key_id).values(last_seen_at=when))
        return True

    @property
    def due(self) -> bool:
        """Whether ``write_seen`` would write."""
        return bool(self._seen) and clock.now() - self._written >= SEEN_EVERY


def _load(session: Session, key_id: str) -> Known | None:
    table = AccessKey.__table__.c
    row = session.execute(
        select(table.kind, table.hash, table.branch_id, table.scopes, table.label).where(
            table.id == key_id, table.revoked_at.is_(None)
        )
    ).first()
    return Known(key_id, row.kind, row.hash, row.branch_id, frozenset(row.scopes), row.label) if row else None


def _matching(known: Known | None, plain: str) -> Known | None:
    found = _PLAIN.fullmatch(plain)
    if found is None:
        return None
    # The same work whether the key exists or not.
    right = hmac.compare_digest(_hash(found[3]), known.hash if known else _hash(""))
    return known if known is not None and right and known.kind == found[1] else None


def _hash(secret: str) -> str:
    # A plain hash is enough: the secret is 256 random bits, nobody can guess it from a list.
    return hashlib.sha256(secret.encode("ascii")).hexdigest()
