"""What a KPI is: a quotient of sums, rounded in one stated way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

UNITS = ("count", "minutes", "percent")
BETTER = ("higher", "lower", "neither")


class Sum(NamedTuple):
    """A measure's sum over some days: how many facts, and what they add up to."""

    n: int
    total: int


_NOTHING = Sum(0, 0)


class Figure(NamedTuple):
    """One value of one KPI. ``value`` is None where nothing can be said; ``n`` is how many facts stand behind it."""

    kpi: str
    version: int
    value: int | float | None
    unit: str
    n: int


@dataclass(frozen=True)
class Kpi:
    """One line of the book.

    ``numerator`` and ``denominator`` are terms ``<measure>.n`` or ``<measure>.total``; without a denominator the value
    is a count. ``scale`` turns the quotient into ``unit``; ``decimals`` are kept, halves rounded up. ``better`` says
    which way is good. A new meaning is a new ``version``, never a silent change.
    """

    id: str
    version: int
    zh: str
    en: str
    formula_zh: str
    formula_en: str
    unit: str
    better: str
    sources: tuple[str, ...]
    numerator: str
    denominator: str | None = None
    scale: Fraction = Fraction(1)
    decimals: int = 0

    def __post_init__(self) -> None:
        if self.unit not in UNITS or self.better not in BETTER:
            raise ValueError(f"{self.id}: unknown unit or direction")
        for term in (self.numerator, self.denominator):
            if term is not None and term.partition(".")[2] not in Sum._fields:
                raise ValueError(f"{self.id}: {term!r} is no term like visits.n")

    @property
    def measures(self) -> frozenset[str]:
        """The measures that it is calculated from."""
        return frozenset(term.partition(".")[0] for term in (self.numerator, self.denominator) if term)

    def figure(self, sums: Mapping[str, Sum]) -> Figure:
        """Its value for these sums. A count without facts is 0; a mean or a rate without facts is not known."""
        over = _term(sums, self.numerator)
        if self.denominator is None:
            return Figure(self.id, self.version, over, self.unit, over)
        n = _term(sums, self.denominator)
        value = _rounded(Fraction(over, n) * self.scale, self.decimals) if n else None
        return Figure(self.id, self.version, value, self.unit, n)


def _term(sums: Mapping[str, Sum], term: str) -> int:
    measure, _, part = term.partition(".")
    return getattr(sums.get(measure, _NOTHING), part)


def _rounded(value: Fraction, decimals: int) -> float:
    # Exact until the last step: a float on the way would put 2.675 below the half. No KPI is negative.
    return math.floor(value * 10**decimals + Fraction(1, 2)) / 10**decimals
