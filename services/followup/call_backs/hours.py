"""When customers of a branch may be called: hours of the day, not on public holidays (duty F1.2). Pure calculation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shared import clock
from shared.branches import BranchView, is_makeup_workday, is_public_holiday
from shared.branches.hours import Interval, local_intervals

# A branch that may call nobody for longer than this has a wrong setting.
HORIZON_DAYS = 400


class NoAllowedHour(ValueError):
    """The branch's hours and holidays leave no time at all to call anybody."""


@dataclass(frozen=True)
class CallHours:
    """The allowed hours of one branch: spans of its local day, in order and not overlapping."""

    branch: BranchView
    hours: tuple[tuple[time, time], ...]

    def day_of(self, at: datetime) -> date:
        """The calendar day of an instant on the branch's own clock."""
        return clock.local_date(at, self.branch.zone)

    def rests(self, day: date) -> bool:
        """True on a public holiday: every day of its span, weekends in it too, but not a make-up workday.

        Saturdays and Sundays outside a span are ordinary days (domain rule: weekends included).
        """
        return is_public_holiday(self.branch, day) and not is_makeup_workday(self.branch, day)

    def of_day(self, day: date) -> list[Interval]:
        """The allowed time of a local day as (start, end) in UTC, in order; none on a day of rest."""
        return [] if self.rests(day) else local_intervals(self.branch.zone, day, self.hours)

    def allowed(self, at: datetime) -> bool:
        """Whether a customer may be called at this instant: what the wall clock of the branch says counts."""
        local = clock.local(at, self.branch.zone)
        return not self.rests(local.date()) and any(first <= local.time() < last for first, last in self.hours)

    def next_allowed(self, at: datetime) -> datetime:
        """The first allowed instant that is not before ``at``. Raises NoAllowedHour when a year has none."""
        day = self.day_of(at)
        for ahead in range(HORIZON_DAYS):
            for start, end in self.of_day(day + timedelta(days=ahead)):
                if at < end:
                    return max(at, start)
        raise NoAllowedHour
