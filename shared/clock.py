"""The only place that asks what time it is. Instants are aware and UTC; local days and hours belong to a zone.

Tests freeze it with time-machine. Timers and leases compare the database's own time instead:
``shared.db.database_now``.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# RFC 3339; fromisoformat alone also reads week dates, bare dates and the basic format.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)


def now() -> datetime:
    """The present instant: aware, UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that only ever grow, for measuring how long something takes."""
    return time.monotonic()


def epoch_milliseconds() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The IANA zone ``name``; ValueError when nobody knows it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # OSError: a name such as "Asia" is a folder of the zone database.
        raise ValueError(f"unknown time zone {name[:60]!r}") from error


def local(instant: datetime, zone_name: str) -> datetime:
    """``instant`` on the wall clock of ``zone_name`` (aware)."""
    return instant.astimezone(zone(zone_name))


def local_date(instant: datetime, zone_name: str) -> date:
    """The calendar day of ``instant`` in ``zone_name``."""
    return instant.astimezone(zone(zone_name)).date()


def wire(instant: datetime) -> str:
    """``2026-11-23T10:00:00.123456Z``: UTC, always six digits, so that texts sort as instants do."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone has no place on the wire")
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    return instant.isoformat(timespec="microseconds")[:26] + "Z"


def parse(text: str) -> datetime:
    """The instant that RFC 3339 ``text`` names, as UTC; ValueError when it names none or has no offset."""
    if not isinstance(text, str) or _INSTANT.match(text) is None:
        raise ValueError("not an RFC 3339 instant")
    instant = datetime.fromisoformat(text.upper())
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("an instant outside the calendar") from error
