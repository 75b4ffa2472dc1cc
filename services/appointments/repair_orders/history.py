"""What happened to an order, in order: from its own times and the ledger of promises."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from services.appointments.repair_orders.model import Promise, RepairOrder

_MOMENTS = ("opened_at", "checked_in_at", "work_started_at", "ready_at", "handed_over_at")


@dataclass(frozen=True)
class Moment:
    """One line. ``what``: a word of the pages; ``line``: the promise that it was, if it was one."""

    at: datetime
    what: str
    line: Promise | None = None


def of(order: RepairOrder, ledger: Collection[Promise]) -> list[Moment]:
    """The latest first."""
    steps = [Moment(at, f"was-{name}") for name in _MOMENTS if (at := getattr(order, name)) is not None]
    promises = [Moment(line.made_at, f"was-{line.kind}", line) for line in ledger]
    return sorted([*promises, *steps], key=lambda moment: moment.at, reverse=True)
