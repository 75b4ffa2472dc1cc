"""Public holidays of mainland China as the State Council announces them each autumn for the year after.

A holiday is its whole span: Saturdays and Sundays inside it are days off too, although lists made from "days that are
not weekdays" leave them out. Against them stand the weekend days that offices work to make up for it. These are what
a new branch starts with; a branch keeps its own copy, because the years to come are announced one by one and a branch
may differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

NEW_YEAR, SPRING, TOMB_SWEEPING, LABOUR = "元旦", "春节", "清明节", "劳动节"
DRAGON_BOAT, MID_AUTUMN, NATIONAL = "端午节", "中秋节", "国庆节"


@dataclass(frozen=True)
class Holiday:
    """One span of days off, first and last day included."""

    name: str
    first: date
    last: date

    def days(self) -> list[date]:
        """Every day of the span."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def _span(name: str, year: int, first: tuple[int, int], last: tuple[int, int]) -> Holiday:
    return Holiday(name, date(year, *first), date(year, *last))


HOLIDAYS: tuple[Holiday, ...] = (
    _span(NEW_YEAR, 2024, (1, 1), (1, 1)),
    _span(SPRING, 2024, (2, 10), (2, 17)),
    _span(TOMB_SWEEPING, 2024, (4, 4), (4, 6)),
    _span(LABOUR, 2024, (5, 1), (5, 5)),
    _span(DRAGON_BOAT, 2024, (6, 10), (6, 10)),
    _span(MID_AUTUMN, 2024, (9, 15), (9, 17)),
    _span(NATIONAL, 2024, (10, 1), (10, 7)),
    _span(NEW_YEAR, 2025, (1, 1), (1, 1)),
    _span(SPRING, 2025, (1, 28), (2, 4)),
    _span(TOMB_SWEEPING, 2025, (4, 4), (4, 6)),
    _span(LABOUR, 2025, (5, 1), (5, 5)),
    _span(DRAGON_BOAT, 2025, (5, 31), (6, 2)),
    _span(f"{NATIONAL}、{MID_AUTUMN}", 2025, (10, 1), (10, 8)),
    _span(NEW_YEAR, 2026, (1, 1), (1, 3)),
    _span(SPRING, 2026, (2, 15), (2, 23)),
    _span(TOMB_SWEEPING, 2026, (4, 4), (4, 6)),
    _span(LABOUR, 2026, (5, 1), (5, 5)),
    _span(DRAGON_BOAT, 2026, (6, 19), (6, 21)),
    _span(MID_AUTUMN, 2026, (9, 25), (9, 27)),
    _span(NATIONAL, 2026, (10, 1), (10, 7)),
)

MAKEUP_WORKDAYS: tuple[date, ...] = tuple(
    date(year, month, day)
    for year, days in {
        2024: ((2, 4), (2, 18), (4, 7), (4, 28), (5, 11), (9, 14), (9, 29), (10, 12)),
        2025: ((1, 26), (2, 8), (4, 27), (9, 28), (10, 11)),
        2026: ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)),
    }.items()
    for month, day in days
)


def default_holidays() -> list[dict[str, str]]:
    """The spans as a branch keeps and announces them: ``{name, from, to}``, ISO dates."""
    return [{"name": each.name, "from": each.first.isoformat(), "to": each.last.isoformat()} for each in HOLIDAYS]


def default_makeup_workdays() -> list[str]:
    """The make-up workdays as ISO dates."""
    return [day.isoformat() for day in MAKEUP_WORKDAYS]
