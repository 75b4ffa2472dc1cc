"""Reading the feed."""

from __future__ import annotations

import json
from bisect import bisect_left
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session, aliased

from services.reporting.feed.model import FeedCounter, FeedEntry, FeedEpoch
from shared import contracts
from shared.events.tables import Epoch


@dataclass(frozen=True)
class Page:
    """A piece of the feed: ``epochs`` as (epoch, after_position), oldest first; ``events`` as CloudEvents, in order."""

    epochs: list[tuple[str, int]]
    head: int
    events: list[dict]


def own_epoch() -> ScalarSelect:
    """The life that reporting's own log is in, as a part of a statement."""
    return select(Epoch.__table__.c.epoch).order_by(Epoch.__table__.c.number.desc()).limit(1).scalar_subquery()


def epochs_and_head(session: Session) -> tuple[list[tuple[str, int]], int]:
    """The feed's lives and the last position given. A restore that nothing has followed yet is a life already."""
    row = session.execute(select(FeedCounter.position, own_epoch()).where(FeedCounter.id == 1)).first()
    head, now = row if row is not None else (0, session.scalar(select(own_epoch())))
    epochs = [
        (epoch, after)
        for epoch, after in session.execute(
            select(FeedEpoch.epoch, FeedEpoch.after_position).order_by(FeedEpoch.number)
        )
    ]
    if now is not None and (not epochs or epochs[-1][0] != now):
        epochs.append((now, head))
    return epochs, head


def page(session: Session, after: int, limit: int, branch: str | None) -> Page:
    """Up to ``limit`` facts above the position ``after``, of one branch or of all. The caller sees every branch."""
    epochs, head = epochs_and_head(session)
    if after >= head:
        return Page(epochs, head, [])
    before = aliased(FeedEntry)
    query = (
        select(FeedEntry.position, FeedEntry.envelope, before.event_id)
        .outerjoin(before, before.position == FeedEntry.position - 1)
        # Nothing above the head that we told: the next page begins where this one ends.
        .where(FeedEntry.position > after, FeedEntry.position <= head)
        .order_by(FeedEntry.position)
        .limit(limit)
    )
    if branch is not None:
        query = query.where(FeedEntry.branch_id == branch)
    return Page(
        epochs,
        head,
        [_as_read(position, envelope, previous, epochs) for position, envelope, previous in session.execute(query)],
    )


def _as_read(position: int, envelope: str, previous: str | None, epochs: list[tuple[str, int]]) -> dict:
    """The event as this feed tells it: this log's numbers, the source's beside them. The same each time it is read."""
    event = json.loads(envelope)
    event["sourceposition"], event["sourceepoch"] = event["position"], event["epoch"]
    event["position"] = position
    # The last life that began below this position; without any (a database that never started) the source's stands.
    life = bisect_left([after for _, after in epochs], position) - 1
    if life >= 0:
        event["epoch"] = epochs[life][0]
    event.pop("previd", None)
    if previous is not None:
        event["previd"] = previous
    if contracts.is_personal(event["type"]):
        # The consumer hands us stubs; this is the second lock.
        event.pop("data", None)
    return event
