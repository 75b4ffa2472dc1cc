"""Facts become figures."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from services.reporting import sums
from services.reporting.figures.measures import RULES
from services.reporting.figures.model import DailyFigure
from shared.events import Event, Handlers

handlers = Handlers()
daily_figures = handlers.projection("daily_figures", tables=("daily_figure",))


@daily_figures.batch(*RULES)
def on_facts(session: Session, events: list[Event]) -> None:
    """Add what the batch's facts say (T1.1, T2.3)."""
    adding: dict[tuple[str, str, str, str], list[int]] = {}
    for event in events:
        data: Any = event.data
        for rule in RULES[event.type]:
            step = rule(data)
            if step is None:
                continue
            day, measure, key, n, total = step
            row = adding.setdefault((event.branch, day, measure, key), [0, 0])
            row[0] += n
            row[1] += total
    by_day = {
        (branch, date.fromisoformat(day), measure, key): row for (branch, day, measure, key), row in adding.items()
    }
    sums.add(session, DailyFigure, ("n", "total"), by_day)
