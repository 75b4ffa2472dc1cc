"""When a branch is open: its own wall clock and calendar, answered in UTC, also in the nights when clocks change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared import clock
from shared.branches.view import BranchView, Holiday

Interval = tuple[datetime, datetime]
_LOOK_AHEAD_DAYS = 400


def public_holiday(branch: BranchView, day: date) -> Holiday | None:
    """The public holiday that the local ``day`` lies in, its weekends included (F1.2)."""
    return next((span for span in branch.public_holidays if span.first <= day <= span.last), None)


def is_public_holiday(branch: BranchView, day: date) -> bool:
    """Whether the local ``day`` lies in a public holiday."""
    return public_holiday(branch, day) is not None


def is_makeup_workday(branch: BranchView, day: date) -> bool:
    """Whether people who rest at weekends work on this local ``day`` to make up for a holiday."""
    return day in branch.makeup_workdays


def is_closing_day(branch: BranchView, day: date) -> bool:
    """Whether the branch said that it is closed on this local ``day``; a public holiday alone does not close it."""
    return day in branch.closing_days


def is_office_workday(branch: BranchView, day: date) -> bool:
    """Whether people who rest at weekends and on public holidays work on this local ``day``."""
    if is_closing_day(branch, day) or is_public_holiday(branch, day):
        return False
    return day.weekday() < 5 or is_makeup_workday(branch, day)


def open_intervals(branch: BranchView, day: date) -> list[Interval]:
    """From when to when (UTC) the branch is open on the local ``day``, in order; nothing on a closing day.

    A make-up workday without hours of its own weekday has Monday's. A span over midnight belongs to its first day.
    """
    if is_closing_day(branch, day):
        return []
    spans = branch.week[day.weekday()]
    if not spans and is_makeup_workday(branch, day):
        spans = branch.week[0]
    return local_intervals(branch.zone, day, spans)


def local_intervals(zone_name: str, day: date, spans: Iterable[tuple[time, time]]) -> list[Interval]:
    """Spans of the wall clock on one local day, as UTC. An end at or before its start is on the next day.

    A time that the clock skips is the instant of the jump; of a time that it shows twice, a span takes both.
    """
    zone = clock.zone(zone_name)
    found = []
    for opens, closes in spans:
        last_day = day if closes > opens else day + timedelta(days=1)
        start, end = _instant(day, opens, zone, fold=0), _instant(last_day, closes, zone, fold=1)
        if start < end:
            found.append((start, end))
    return found


def is_open(branch: BranchView, instant: datetime) -> bool:
    """Whether the branch is open at ``instant``; the closing instant itself is closed."""
    day = clock.local_date(instant, branch.zone)
    return any(
        start <= instant < end for near in (day - timedelta(days=1), day) for start, end in open_intervals(branch, near)
    )


def next_opening(branch: BranchView, instant: datetime) -> datetime | None:
    """``instant`` itself when the branch is open then, else when it next opens (UTC); None if not within a year."""
    if is_open(branch, instant):
        return instant.astimezone(UTC)
    day = clock.local_date(instant, branch.zone)
    for ahead in range(-1, _LOOK_AHEAD_DAYS):
        for start, _ in open_intervals(branch, day + timedelta(days=ahead)):
            if start >= instant:
                return start
    return None


def _instant(day: date, at: time, zone: ZoneInfo, *, fold: int) -> datetime:
    local = datetime.combine(day, at, tzinfo=zone)
    earlier, later = (local.replace(fold=one).astimezone(UTC) for one in (0, 1))
    if earlier <= later:
        return later if fold else earlier
    return _jump(later, earlier, zone)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two at which the zone's offset changes, to the second."""
    old = before.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)
