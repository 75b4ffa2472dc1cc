"""How the facts flow, as numbers: for /metrics, the status page and ``doctor``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select, text

from shared import clock
from shared.db import every_branch
from shared.events.tables import Cursor, EventLog, Parked
from shared.runtime import Runtime


def samples(runtime: Runtime) -> Iterator[tuple[str, dict[str, str], float]]:
    """(metric, labels, value): log head, backlog and its age, cursors and their lag, parked, undecodable, whether the
    bus takes messages.
    """
    state = flow(runtime)
    yield "event_log_head", {}, state["head"]
    yield "outbox_pending", {}, state["unnumbered"] + state["unpublished"]
    yield "outbox_unnumbered", {}, state["unnumbered"]
    yield "outbox_oldest_age_seconds", {}, state["oldest_age_seconds"]
    for source, cursor in state["sources"].items():
        labels = {"source": source}
        yield "consumer_position", labels, cursor["position"]
        yield "dlq_messages", labels, cursor["parked"]
        if cursor["behind"] is not None:
            yield "consumer_behind_events", labels, cursor["behind"]
    worker = runtime.worker
    if worker is not None:
        yield "broker_up", {}, float(worker.relay.bus_up)
        yield "broker_blocked", {}, float(worker.relay.blocked)
        for consumer in worker.consumers:
            yield "consumer_undecodable_total", {"source": consumer.source}, consumer.undecodable
            yield "consumer_foreign_total", {"source": consumer.source}, consumer.foreign


def flow(runtime: Runtime) -> dict[str, Any]:
    """The same as one dictionary, with the parked events per reason."""
    with every_branch(), runtime.database.reader() as session:
        known = session.execute(text("SELECT name, position FROM log_counter"))
        counters: dict[str, int] = {name: position for name, position in known}  # noqa: C416 - a result is no mapping
        head, published = counters.get("head", 0), counters.get("published", 0)
        oldest: Any
        unnumbered, oldest = session.execute(
            select(func.count(), func.min(EventLog.time)).where(EventLog.position.is_(None))
        ).one()
        if oldest is None and published < head:
            oldest = session.execute(
                select(EventLog.time).where(EventLog.position == published + 1)
            ).scalar_one_or_none()
        sources: dict[str, dict[str, Any]] = {
            c.source: {"position": c.position, "parked": c.parked, "moved_at": c.moved_at, "behind": None}
            for c in session.scalars(select(Cursor))
        }
        reasons = session.execute(select(Parked.reason, func.count()).group_by(Parked.reason))
        parked = {reason: count for reason, count in reasons}  # noqa: C416 - a result is no mapping
    if runtime.worker is not None:
        for consumer in runtime.worker.consumers:
            if consumer.source in sources:
                sources[consumer.source]["behind"] = max(0, consumer.head - sources[consumer.source]["position"])
    age = (clock.now() - oldest).total_seconds() if oldest is not None else 0.0
    return {
        "head": head,
        "published": published,
        "unnumbered": unnumbered,
        "unpublished": head - published,
        "oldest_age_seconds": max(0.0, age),
        "sources": sources,
        "parked": parked,
    }
