"""A machine that nobody knows yet sends a code. It needs no permission but the code, so it is no action; what the code
allows is done by one.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import delete

from services.reception.kiosks import actions, codes, queries
from services.reception.kiosks.model import KioskGuess
from shared import clock
from shared.access import Actor, acting_as
from shared.db import branch_scope, every_branch, reader, transaction
from shared.http.problems import Problem
from shared.ids import uuid7

MOST_WRONG = 5
COUNTED_FOR = timedelta(minutes=10)


def enrol(code: str, label: str | None, address: str) -> tuple[actions.Enrolled, str]:
    """Make a kiosk of the machine at ``address`` that knows ``code``; returns it and its branch.

    Problems: 422 ``kiosk-code-wrong``, 410 ``kiosk-code-spent`` (used or too old), 429 ``too-many-requests`` after
    five wrong ones within ten minutes, for right ones too: nobody learns by guessing on.
    """
    place, now = hashlib.sha256(address.encode()).hexdigest(), clock.now()
    with every_branch(), reader() as session:
        wrong, oldest = queries.guesses(session, place, now - COUNTED_FOR)
        found = queries.code_by_hash(session, codes.hashed(codes.typed(code)))
    if wrong >= MOST_WRONG:
        raise Problem(429, "too-many-requests", headers={"Retry-After": str(int(oldest.total_seconds()) + 1)})
    if found is None:
        _count(place)
        raise Problem(422, "kiosk-code-wrong", errors=[{"pointer": "/code", "code": "kiosk.code"}])
    holder = Actor("code", found.id, found.branch_id, frozenset({"kiosks.enrol"}))
    with branch_scope(found.branch_id), acting_as(holder):
        return actions.enrol_by_code(found.id, label), found.branch_id


def _count(place: str) -> None:
    """Remember a wrong one and forget those that count no longer."""
    now = clock.now()
    with every_branch(), transaction() as session:
        session.execute(delete(KioskGuess).where(KioskGuess.guessed_at <= now - COUNTED_FOR))
        session.add(KioskGuess(id=uuid7(), address=place, guessed_at=now))
