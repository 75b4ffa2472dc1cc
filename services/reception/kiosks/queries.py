"""Reading kiosks and their codes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.reception.kiosks.model import Kiosk, KioskCode, KioskGuess
from shared.access.model import AccessKey


class Seen(NamedTuple):
    """A kiosk and when its key was last used (to the minute), None when it never was."""

    kiosk: Kiosk
    last_seen_at: datetime | None


def page(session: Session, after: str | None, limit: int) -> list[Seen]:
    """At most ``limit`` kiosks of the present branch, the oldest first, behind the id ``after``."""
    wanted = (
        select(Kiosk, AccessKey.last_seen_at)
        .outerjoin(AccessKey, AccessKey.id == Kiosk.id)
        .order_by(Kiosk.id)
        .limit(limit)
    )
    if after is not None:
        wanted = wanted.where(Kiosk.id > after)
    return [Seen(*row) for row in session.execute(wanted)]


def one(session: Session, kiosk_id: str, *, lock: bool = False) -> Kiosk | None:
    """A kiosk of the present branch; ``lock`` holds its row."""
    wanted = select(Kiosk).where(Kiosk.id == kiosk_id)
    return session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()


def code(session: Session, code_id: str, *, lock: bool = False) -> KioskCode | None:
    """A code of the present branch; ``lock`` holds its row."""
    wanted = select(KioskCode).where(KioskCode.id == code_id).execution_options(populate_existing=True)
    return session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()


def code_by_hash(session: Session, found: str) -> KioskCode | None:
    """The code with that hash, of whichever branch: who types one in is nobody's yet."""
    return session.scalars(select(KioskCode).where(KioskCode.hash == found)).one_or_none()


def guesses(session: Session, address: str, since: datetime) -> tuple[int, timedelta]:
    """How many wrong codes came from ``address`` since then, and how long after it the first of them came."""
    counted = KioskGuess.address == address, KioskGuess.guessed_at > since
    number = session.execute(select(func.count()).select_from(KioskGuess).where(*counted)).scalar_one()
    first = session.scalars(
        select(KioskGuess.guessed_at).where(*counted).order_by(KioskGuess.guessed_at).limit(1)
    ).one_or_none()
    return number, (first - since) if first else timedelta(0)
