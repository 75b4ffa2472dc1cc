"""The three-day rule (duties F1.1, F1.2): until when a customer is to be called after the handover. Pure calculation.

*Last allowed hour* is the hour that ends with the last allowed span of a day; a call-back "due in" it is due at
its **end**. With the default hours 09:00-12:00 and 14:00-20:00 a car handed over on Monday is due on Thursday at
20:00 branch time: called at 19:59 it is in time, at 20:00 the rest time has begun. In the same way "the first
allowed hour after" of 09:00-12:00 is 09:00-10:00, and the call-back is due at 10:00 (or at the end of the span, if
that is shorter than an hour). "Allowed hour between handover and then" is any allowed time after the handover, so
the rest of an hour that has begun counts.

Days are calendar days of the branch's own clock: a change to summer time neither adds to them nor takes from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.followup.call_backs.hours import HORIZON_DAYS, CallHours, NoAllowedHour

# [duty] "within three days of handover": stated by the job description, so it is no setting.
WITHIN_DAYS = 3

THIRD_DAY = "third_day"
BEFORE_THIRD_DAY = "before_third_day"
AFTER_THIRD_DAY = "after_third_day"
CUSTOMER_ASKED = "customer_asked"
RULES = (THIRD_DAY, BEFORE_THIRD_DAY, AFTER_THIRD_DAY, CUSTOMER_ASKED)

NO_ALLOWED_HOUR = "no_allowed_hour_in_three_days"

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Due:
    """Until when to call, the rule that said so, and the name of the exception when three days could not be kept."""

    at: datetime
    rule: str
    exception: str | None = None


def due(handed_over_at: datetime, hours: CallHours, asked_for: datetime | None = None) -> Due:
    """When the call-back for a car handed over at ``handed_over_at`` is due; instants in UTC.

    1. A time the customer asked for wins, even in the branch's rest time.
    2. Else the end of the last allowed hour of local day + 3.
    3. If that day has none: the end of the last allowed time between handover and the end of that day.
    4. If there is none either (handed over in a long holiday): the end of the first allowed hour after that
       day, as a named exception.

    Raises NoAllowedHour when the branch's setting and holidays leave no allowed hour in a year.
    """
    if asked_for is not None:
        return Due(asked_for, CUSTOMER_ASKED)
    day = hours.day_of(handed_over_at)
    for ahead in range(WITHIN_DAYS, -1, -1):
        for _, end in reversed(hours.of_day(day + timedelta(days=ahead))):
            if end > handed_over_at:
                return Due(end, THIRD_DAY if ahead == WITHIN_DAYS else BEFORE_THIRD_DAY)
    for ahead in range(WITHIN_DAYS + 1, HORIZON_DAYS):
        for start, end in hours.of_day(day + timedelta(days=ahead)):
            return Due(min(start + _HOUR, end), AFTER_THIRD_DAY, NO_ALLOWED_HOUR)
    raise NoAllowedHour
