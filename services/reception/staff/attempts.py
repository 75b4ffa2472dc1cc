"""Counting sign-ins, in the database: all processes and machines agree. Buckets are hashes and name nobody.

A try is counted before the password is looked at, so twenty at once are twenty; who was right is not counted. A device
that somebody has signed in from before has a count of its own: strangers who guess lock nobody out there (S18).
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from services.reception.staff.model import SignInCount
from services.reception.staff.settings import WRONG_PER_ACCOUNT, WRONG_PER_ADDRESS, WRONG_WINDOW
from shared import clock, settings
from shared.db import every_branch, transaction
from shared.http.problems import Problem
from shared.settings import Setting

_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Count:
    """One thing that is counted. ``of_many``: several people share it, one who was right does not clear the others."""

    bucket: str
    limit: Setting
    of_many: bool = False


def counts(user: str, address: str, device_hash: str | None) -> tuple[Count, ...]:
    """What a try counts for: the known device alone, or else the account and the address."""
    account = unicodedata.normalize("NFKC", user).casefold()
    if device_hash is not None:
        return (Count(_bucket("device", account, device_hash), WRONG_PER_ACCOUNT),)
    # In a fixed order: two tries at once lock the same rows one after the other.
    return (
        Count(_bucket("account", account), WRONG_PER_ACCOUNT),
        Count(_bucket("address", address), WRONG_PER_ADDRESS, of_many=True),
    )


def take(wanted: Sequence[Count]) -> None:
    """Count a try; Problem 429 ``too-many-requests`` with Retry-After when there were too many already."""
    now = clock.now()
    with every_branch(), transaction() as session:
        window = timedelta(minutes=settings.value(session, WRONG_WINDOW))
        waits = []
        for count in wanted:
            tries, since = _add(session, count.bucket, now, window)
            if tries > settings.value(session, count.limit):
                waits.append(since + window - now)
        if waits:
            seconds = max(1, math.ceil(max(waits).total_seconds()))
            raise Problem(429, "too-many-requests", headers={"Retry-After": str(seconds)})


def give_back(session: Session, wanted: Sequence[Count]) -> None:
    """The password was right: nothing was wrong with this try."""
    session.execute(delete(SignInCount).where(SignInCount.since < clock.now() - _KEPT))
    for count in wanted:
        mine = SignInCount.bucket == count.bucket
        if count.of_many:
            session.execute(
                update(SignInCount).where(mine, SignInCount.tries > 0).values(tries=SignInCount.tries - 1)
            )
        else:
            session.execute(delete(SignInCount).where(mine))


def _add(session: Session, bucket: str, now: datetime, window: timedelta) -> tuple[int, datetime]:
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    adding = insert(SignInCount).values(bucket=bucket, tries=1, since=now)
    over = SignInCount.since <= now - window
    counted = adding.on_conflict_do_update(
        index_elements=[SignInCount.bucket],
        set_={
            "tries": case((over, 1), else_=SignInCount.tries + 1),
            "since": case((over, adding.excluded.since), else_=SignInCount.since),
        },
    ).returning(SignInCount.tries, SignInCount.since)
    tries, since = session.execute(counted).one()
    return tries, since


def _bucket(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
