"""When a visitor really arrived, whatever the clock of the kiosk says (R12.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.reception.visits.settings import CLOCK_TOLERANCE, LATE_AFTER, LATEST_DELIVERY
from shared import clock, settings
from shared.http.problems import Problem, invalid

# Nothing younger is late, whatever a branch sets: so the ordinary check-in reads no setting.
_NEVER_LATE = timedelta(minutes=LATE_AFTER.least or 0)


def arrived_at(
    session: Session, branch: str, occurred_at: datetime, sent_at: datetime | None, now: datetime
) -> tuple[datetime, bool]:
    """The instant of a check-in on our clock, and whether it came late.

    With ``sent_at`` (the kiosk's clock at the moment of sending) the kiosk's whole clock is shifted to ours. What
    then lies a little ahead is now. Problems: 422 ``clock-skew`` further ahead without ``sent_at``; 422
    ``time.range`` after its own sending or too old.
    """
    try:
        instant = occurred_at if sent_at is None else occurred_at + (now - sent_at)
    except OverflowError:
        raise _out_of_range() from None
    ahead = instant - now
    if ahead > timedelta(0):
        if ahead <= timedelta(seconds=settings.value(session, CLOCK_TOLERANCE, branch)):
            return now, False
        if sent_at is not None:
            raise _out_of_range()
        raise Problem(
            422, "clock-skew", errors=[{"pointer": "/occurred_at", "code": "time.ahead"}],
            detail_params={"now": clock.wire(now)},
        )  # fmt: skip
    if -ahead <= _NEVER_LATE:
        return instant, False
    if -ahead > timedelta(days=settings.value(session, LATEST_DELIVERY, branch)):
        raise _out_of_range()
    return instant, -ahead > timedelta(minutes=settings.value(session, LATE_AFTER, branch))


def _out_of_range() -> Problem:
    return invalid({"pointer": "/occurred_at", "code": "time.range"})
