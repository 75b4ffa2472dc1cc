"""Reading the feed."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, func, or_, select
from sqlalchemy.orm import Session, aliased

from services.reporting.feed.model import FeedCounter, FeedEntry, FeedEpoch
from shared import contracts
from shared.events.tables import Epoch

LOOKED_THROUGH = 20_000


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


@dataclass(frozen=True)
class Fact:
    """One fact as pages show it. ``time`` and ``data`` are the event's own; a personal fact has no data."""

    position: int
    source_position: int
    branch: str
    source: str
    type: str
    subject: str
    time: str
    data: dict[str, Any] | None

    @classmethod
    def of(cls, row: Any) -> Fact:
        """From position, branch_id, source, source_position, type and envelope."""
        position, branch, source, source_position, type_, envelope = row
        event = json.loads(envelope)
        data = None if contracts.is_personal(type_) else event.get("data")
        return cls(position, source_position, branch, source, type_, event["subject"], event["time"], data)


_SHOWN = (
    FeedEntry.position, FeedEntry.branch_id, FeedEntry.source, FeedEntry.source_position, FeedEntry.type,
    FeedEntry.envelope,
)  # fmt: skip


def newest(session: Session, limit: int, before: int, branch: str | None, type_: str | None) -> list[Fact]:
    """Up to ``limit`` facts below the position ``before``, newest first, of one branch and type or of all.

    By type it looks through the last ``LOOKED_THROUGH`` positions only: a page asks this at every fact.
    """
    query = select(*_SHOWN).where(FeedEntry.position < before).order_by(FeedEntry.position.desc()).limit(limit)
    if branch is not None:
        query = query.where(FeedEntry.branch_id == branch)
    if type_ is not None:
        query = query.where(FeedEntry.type == type_, FeedEntry.position >= before - LOOKED_THROUGH)
    return [Fact.of(row) for row in session.execute(query)]


def facts_that_say(
    session: Session, branch: str, types: Collection[str], words: Collection[str], after: int
) -> Iterator[Fact]:
    """Facts of one branch and these types above ``after`` whose text holds one of ``words``, newest first.

    The words narrow it in the database, so that a year of facts is not decoded to find those of one day; the caller
    still looks at what each says.
    """
    query = (
        select(*_SHOWN)
        .where(
            FeedEntry.branch_id == branch,
            FeedEntry.type.in_(types),
            FeedEntry.position > after,
            or_(*(FeedEntry.envelope.contains(word, autoescape=True) for word in words)),
        )
        .order_by(FeedEntry.position.desc())
    )
    for row in session.execute(query):
        yield Fact.of(row)


def first_at_or_after(session: Session, moment: str) -> int:
    """About the first position of a fact that was recorded at or after ``moment`` (wire form).

    Four sources come in almost, not quite, the order of their times: whoever needs all of them asks for earlier.
    """
    low, high = 0, (session.scalar(select(FeedCounter.position).where(FeedCounter.id == 1)) or 0) + 1
    while low + 1 < high:
        middle = (low + high) // 2
        envelope = session.scalar(
            select(FeedEntry.envelope).where(FeedEntry.position >= middle).order_by(FeedEntry.position).limit(1)
        )
        if envelope is not None and json.loads(envelope)["time"] < moment:
            low = middle
        else:
            high = middle
    return high


def counts() -> Any:
    """How many different facts of each source and type stand in the feed, as a statement.

    After a restore a source's positions come again in a new life; each counts once, as the cursor does.
    """
    return (
        select(FeedEntry.source, FeedEntry.type, func.count(FeedEntry.source_position.distinct()))
        .group_by(FeedEntry.source, FeedEntry.type)
        .order_by(FeedEntry.source, FeedEntry.type)
    )
