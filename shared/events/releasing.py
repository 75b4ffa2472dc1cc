"""Parked events in the hands of people: what stands where, trying again, and setting one aside for good.

A page only writes down what somebody decided; the service's worker, which can reach the sources, does it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import jobs as timers
from shared.access import action, current_actor
from shared.db import every_branch, reader, transaction
from shared.events import parking
from shared.events.metrics import flow
from shared.events.tables import Cursor, OrphanRange, Parked, SetAside
from shared.http.problems import Problem
from shared.jobs import Job, JobKinds, RunningJob
from shared.jobs.model import OPEN_STATES
from shared.runtime import runtime

log = structlog.get_logger(__name__)
jobs = JobKinds()

KIND = "events.release"
RETRY, SET_ASIDE = "retry", "set_aside"
MOST = 200
_HANDLED_BY_WORKER_SECONDS = 60


@dataclass(frozen=True)
class Standing:
    """How a service stands to the facts. ``asked``: ids of parked events that somebody has just decided about."""

    flow: dict[str, Any]
    cursors: dict[str, Cursor]
    parked: list[Parked]
    parked_in_all: int
    first: dict[tuple[str, str], int]
    asked: frozenset[str]
    aside: list[SetAside] = field(default_factory=list)
    orphans: list[OrphanRange] = field(default_factory=list)

    def heads_its_line(self, row: Parked) -> bool:
        """Whether nothing about the same subject is parked before it: only then is there something to decide."""
        return self.first[row.source, row.subject] == row.id


@action("events.read")
def standing() -> Standing:
    """Everything that the page of events shows; the oldest ``MOST`` parked ones."""
    with every_branch(), reader() as session:
        parked = list(session.scalars(select(Parked).order_by(Parked.id).limit(MOST)))
        first = session.execute(
            select(Parked.source, Parked.subject, func.min(Parked.id)).group_by(Parked.source, Parked.subject)
        )
        return Standing(
            flow(runtime()),
            {cursor.source: cursor for cursor in session.scalars(select(Cursor))},
            parked,
            session.scalar(select(func.count()).select_from(Parked)) or 0,
            {(source, subject): least for source, subject, least in first},
            frozenset(session.scalars(select(Job.subject).where(Job.kind == KIND, Job.state.in_(OPEN_STATES)))),
            list(session.scalars(select(SetAside).order_by(SetAside.id.desc()).limit(10))),
            list(session.scalars(select(OrphanRange).order_by(OrphanRange.id.desc()).limit(10))),
        )


@action("events.release")
def ask(parked_id: int, what: str) -> str:
    """Let the worker try a parked event again (``retry``), or set it aside for good (``set_aside``) and apply what
    waits behind it. Returns the job's id, whose row keeps who asked. Problem 404 for none of that number, 409
    ``conflict`` when an earlier one of the same subject has to be decided first.
    """
    if what not in (RETRY, SET_ASIDE):
        raise Problem(422, "validation", errors=[("/what", "field.choice")])
    actor = current_actor()
    author = f"{actor.kind}/{actor.id}"
    with every_branch(), transaction() as session:
        row = session.get(Parked, parked_id)
        if row is None:
            raise Problem(404, "not-found")
        if _before(session, row):
            raise Problem(409, "conflict")
        payload = {"parked_id": parked_id, "what": what, "author": author}
        log.info("events.release_asked", source=row.source, position=row.position, what=what, author=author)
        return timers.plan(session, KIND, str(parked_id), payload=payload)


@jobs.kind(KIND, lease_seconds=_HANDLED_BY_WORKER_SECONDS)
def release(job: RunningJob) -> dict[str, Any]:
    """Do what was asked. Whoever asked twice, or was too late, finds nothing left to do."""
    here = runtime()
    parked_id, what, author = job.payload["parked_id"], job.payload["what"], job.payload["author"]
    with transaction() as session:
        row = session.get(Parked, parked_id)
        if row is None:
            return {"applied": 0}
        source, subject = row.source, row.subject
        if what == SET_ASIDE:
            parking.set_aside(session, parked_id, author)
    applied = _consumer(source).retry(subject) if source in here.peers else 0
    here.pages.ring()
    log.info("events.released", source=source, subject=subject, what=what, author=author, applied=applied)
    return {"applied": applied}


def _consumer(source: str) -> Any:
    # Late: the wiring of jobs is read before the rooms that consumers are made of.
    from shared.events.consumer import SourceConsumer
    from shared.events.subscription import Subscription

    here = runtime()
    subscription = Subscription(here.environment.bus_url, here.service.name, source)
    return SourceConsumer(here, source, here.peers[source], subscription)


def _before(session: Session, row: Parked) -> bool:
    queue = parking.queue_of(session, row.source, row.subject)
    return queue[0].id != row.id
