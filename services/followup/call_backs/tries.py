"""When to try somebody again who was not reached (F1.2, F1.3). Pure calculation over the branch's settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from services.followup.call_backs.hours import CallHours
from shared import clock

# The customer named a better time; the one outcome that code itself must know.
ASKED_LATER = "asked_later"

_NOON = time(12)


@dataclass(frozen=True)
class TryRules:
    """A branch's rules for trying again, read from its settings."""

    outcomes: tuple[str, ...]
    answering: tuple[str, ...]
    ending: tuple[str, ...]
    next_day: tuple[str, ...]
    soon: tuple[str, ...]
    attempts: int
    within: timedelta
    spacing: timedelta
    busy_again: timedelta

    def settles(self, outcome: str) -> bool:
        """Whether nobody needs to, or may, call again after this outcome."""
        return outcome in self.answering or outcome in self.ending


def next_try(
    outcome: str, at: datetime, *, attempts: int, first_at: datetime, rules: TryRules, hours: CallHours
) -> datetime | None:
    """The earliest time for another try after ``outcome`` at ``at``, the ``attempts``-th so far; None: there is none.

    Busy: after the busy minutes, whatever the half day. Else in another half day (the branch's noon parts them) and
    not before the spacing has passed; powered off: not before the next day. Always in an allowed hour. None after an
    outcome that settles it, after the last try, or when the next one would lie beyond the time for all tries.
    """
    if rules.settles(outcome) or attempts >= rules.attempts:
        return None
    if outcome in rules.soon:
        earliest = at + rules.busy_again
    else:
        earliest = max(at + rules.spacing, _next_half_day(at, hours, whole_day=outcome in rules.next_day))
    found = hours.next_allowed(earliest)
    return found if found <= first_at + rules.within else None


def _next_half_day(at: datetime, hours: CallHours, *, whole_day: bool) -> datetime:
    zone = clock.zone(hours.branch.zone)
    local = at.astimezone(zone)
    if local.time() < _NOON and not whole_day:
        boundary = datetime.combine(local.date(), _NOON, tzinfo=zone)
    else:
        boundary = datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=zone)
    return boundary.astimezone(UTC)
