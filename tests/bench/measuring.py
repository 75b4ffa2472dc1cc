"""Taking turns: A B A B, the beginning moved on by one each round, medians over the rounds.

Client, server, database and broker share one machine, and other programs come and go on it. So a figure of one round is
compared with the figure of the other way in the same round only, and the median of these ratios is what counts.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

clock = time.monotonic


@dataclass(frozen=True)
class Taken:
    """What one way showed in one round: its figure, what else is worth keeping, and what went wrong (0 is allowed)."""

    figure: float
    errors: int = 0
    more: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Bar:
    """One line of the result. ``better`` is "more" or "less"; without errors only is there a value."""

    id: str
    what: str
    value: float | None
    bar: float | None
    unit: str
    rounds: int
    errors: int
    ours: float
    rival: float | None
    better: str = "more"
    more: Mapping[str, float] = field(default_factory=dict)

    @property
    def reached(self) -> bool | None:
        """None for a figure that is only reported."""
        if self.bar is None:
            return None
        if self.value is None:
            return False
        return self.value >= self.bar if self.better == "more" else self.value <= self.bar


class Turns:
    """What all ways showed in all rounds."""

    def __init__(self, taken: dict[str, list[Taken]]) -> None:
        self.taken = taken
        self.rounds = min(len(rows) for rows in taken.values())

    def median(self, way: str, more: str | None = None) -> float:
        """The median figure of one way (or of something else that it kept)."""
        return statistics.median(row.figure if more is None else row.more[more] for row in self.taken[way])

    def errors(self, *ways: str) -> int:
        return sum(row.errors for way in ways for row in self.taken[way])

    def ratio(self, ours: str, rival: str) -> float:
        """The median of ours ÷ rival, round by round."""
        pairs = zip(self.taken[ours], self.taken[rival], strict=True)
        return statistics.median(a.figure / b.figure for a, b in pairs)

    def bar(self, id: str, what: str, ours: str, rival: str, bar: float | None, unit: str, better: str = "more") -> Bar:
        """The line that compares two ways; a ratio to a row with errors is no ratio."""
        errors = self.errors(ours, rival)
        value = None if errors else self.ratio(ours, rival)
        return Bar(id, what, value, bar, unit, self.rounds, errors, self.median(ours), self.median(rival), better)


def say(text: str) -> None:
    """Progress, apart from the result."""
    print(text, file=sys.stderr, flush=True)


def in_turn(name: str, ways: Mapping[str, Callable[[], Taken]], rounds: int, *, warm: int = 1) -> Turns:
    """Run every way once per round, each round beginning with the next one; ``warm`` rounds before are thrown away."""
    taken: dict[str, list[Taken]] = {way: [] for way in ways}
    order = list(ways)
    for number in range(-warm, rounds):
        shown = []
        for way in _rotated(order, number % len(order)):
            row = ways[way]()
            shown.append(f"{way} {row.figure:,.5g}" + (f" ({row.errors} ERRORS)" if row.errors else ""))
            if number >= 0:
                taken[way].append(row)
        say(f"{name} {'warm' if number < 0 else f'{number + 1}/{rounds}'}: " + " · ".join(shown))
    return Turns(taken)


def _rotated(order: Sequence[str], by: int) -> list[str]:
    return [*order[by:], *order[:by]]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of all values do not exceed; nothing is interpolated."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
