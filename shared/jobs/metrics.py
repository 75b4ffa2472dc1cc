"""How much waits to be done, for Prometheus and the doctor."""

from __future__ import annotations

from collections.abc import Iterator

from shared.db import database_now, every_branch
from shared.jobs.queries import backlog
from shared.runtime import Runtime


def overdue(here: Runtime) -> dict[str, float]:
    """Jobs overdue (``due``), the age of the oldest of them in seconds (``oldest_seconds``), given up (``failed``)."""
    with every_branch(), here.database.reader() as session:
        return backlog(session, database_now(session))


def samples(here: Runtime) -> Iterator[tuple[str, dict[str, str], float]]:
    """The same as (name, labels, value)."""
    for name, value in overdue(here).items():
        yield f"jobs_{name}", {}, value
