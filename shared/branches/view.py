"""A branch as its readers get it: checked, immutable, without a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property
from itertools import pairwise
from typing import Any

from shared import clock

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Holiday:
    """One span of public holiday, first and last day included, the weekends in it too."""

    name: str
    first: date
    last: date


@dataclass(frozen=True)
class BranchView:
    """What one branch says of itself; dates are local to its zone. ``shared.branches.hours`` answers questions."""

    code: str
    name: str
    letter: str
    zone: str
    hours: Mapping[str, Any]
    public_holidays: tuple[Holiday, ...]
    makeup_workdays: frozenset[date]
    closing_days: frozenset[date]
    version: int = 1

    @cached_property
    def week(self) -> tuple[tuple[tuple[time, time], ...], ...]:
        """Opening and closing time on each weekday, Monday first. A closing time of 00:00 is the day's end."""
        return tuple(
            tuple((_time(opens), _time(closes)) for opens, closes in self.hours.get(day, ())) for day in WEEKDAYS
        )

    def payload(self) -> dict[str, Any]:
        """As the events branch.opened and branch.changed carry it."""
        return {
            "code": self.code,
            "name": self.name,
            "letter": self.letter,
            "zone": self.zone,
            "hours": {day: [list(span) for span in spans] for day, spans in self.hours.items()},
            "public_holidays": [
                {"name": span.name, "from": span.first.isoformat(), "to": span.last.isoformat()}
                for span in self.public_holidays
            ],
            "makeup_workdays": sorted(day.isoformat() for day in self.makeup_workdays),
            "closing_days": sorted(day.isoformat() for day in self.closing_days),
        }


def from_payload(data: Mapping[str, Any], version: int = 1) -> BranchView:
    """The branch that an event, a form or a file describes; ValueError says what is wrong with it."""
    view = BranchView(
        code=data["code"],
        name=data["name"],
        letter=data["letter"],
        zone=data["zone"],
        hours=data["hours"],
        public_holidays=tuple(
            Holiday(span["name"], date.fromisoformat(span["from"]), date.fromisoformat(span["to"]))
            for span in data.get("public_holidays", ())
        ),
        makeup_workdays=frozenset(map(date.fromisoformat, data.get("makeup_workdays", ()))),
        closing_days=frozenset(map(date.fromisoformat, data.get("closing_days", ()))),
        version=version,
    )
    check(view)
    return view


def check(view: BranchView) -> None:
    """ValueError unless zone, hours and spans make sense."""
    clock.zone(view.zone)
    if unknown := set(view.hours) - set(WEEKDAYS):
        raise ValueError(f"no such weekday: {sorted(unknown)[0]!r}")
    for day, spans in zip(WEEKDAYS, view.week, strict=True):
        for earlier, later in pairwise(spans):
            if earlier[1] == time(0) or earlier[1] < earlier[0] or later[0] < earlier[1]:
                raise ValueError(f"{day}: opening times overlap or are not in order")
    for span in view.public_holidays:
        if span.last < span.first:
            raise ValueError(f"{span.name}: ends before it begins")


def _time(text: str) -> time:
    if text == "24:00":
        return time(0)
    if len(text) != 5:
        raise ValueError(f"not a time of day: {text[:20]!r}")
    return time.fromisoformat(text)
