"""Applying facts: cursor, effects and parked rows move in one transaction.

First statement of every apply locks the cursor row (two pullers without it counted an effect twice).
``position <= cursor`` is dropped, ``cursor + 1`` is applied, beyond it is a hole, and the caller pulls what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from shared import clock
from shared.access import SYSTEM, acting_as
from shared.branches import known as known_branch
from shared.db import every_branch
from shared.db.transient import is_transient
from shared.events import parking
from shared.events.envelope import GROUP, Event, decode
from shared.events.projecting import current_version, in_branch, is_erasure, run_projection
from shared.events.tables import Attempt, Cursor, SeenEvent, UnheardType
from shared.faults import fp
from shared.http.idempotency import redact as redact_answers
from shared.runtime import Runtime
from shared.trace import tracing

log = structlog.get_logger(__name__)

TRIES_BEFORE_KILL_IS_PARKED = 3
TRIES = 2

_cursor = Cursor.__table__
_unheard = UnheardType.__table__


class EpochChanged(RuntimeError):
    """The chain of ids is broken: the source's log began a new life."""


class UnknownBranch(LookupError):
    """A fact of a branch that nobody has told us of."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What one call did: events applied or parked, whether a hole stopped it, and the cursor after it."""

    count: int
    hole: bool
    position: int


class Applier:
    """Applies one source's events to one service."""

    def __init__(self, runtime: Runtime, source: str) -> None:
        self.runtime = runtime
        self.source = source
        self.families = frozenset(runtime.service.personal.get(source, ()))
        handlers = runtime.handlers
        prefix = source + "."
        self.heard = frozenset(t for t in handlers.types if t.startswith(prefix))
        self._bases = {t.rpartition(".v")[0] for t in self.heard}
        self._projections = [p for p in handlers.projections.values() if any(t.startswith(prefix) for t in p.types)]
        self._reactions = [r for r in handlers.reactions.values() if any(t.startswith(prefix) for t in r.types)]
        self._recorders = handlers.recorders
        self._acted_on = frozenset().union(*(r.types for r in self._reactions)) if self._reactions else frozenset()
        self._noted: set[str] = set()
        self._branches: set[str] = {GROUP}
        self._found_branches: set[str] = set()
        self._newly_noted: set[str] = set()
        self.old_epochs: set[str] = set()

    # -- the three ways in

    def apply(self, events: Sequence[Event]) -> Applied:
        """Apply those of ``events`` that are next in line, as one batch; a batch with a failing handler goes one by
        one.
        """
        ordered = sorted(events, key=_position)
        try:
            return self._apply(ordered, singly=False)
        except EpochChanged:
            raise
        except Exception as error:
            if is_transient(error):
                raise
            return self._apply(ordered, singly=True)

    def apply_carefully(self, events: Sequence[Event]) -> Applied:
        """One by one, each attempt written down before: finds the event that kills the process, and parks it at the
        fourth meeting.
        """
        done = Applied(0, False, 0)
        for event in sorted(events, key=_position):
            if self._note_attempt(event) > TRIES_BEFORE_KILL_IS_PARKED:
                log.error("event.kills_the_process", source=self.source, type=event.type, position=event.position)
                done = self._apply([event], singly=True, park_as=parking.KILLS)
            else:
                done = self.apply([event])
            if done.hole:
                break
        return done

    def retry(self, subject: str, complete: Callable[[Event], Event]) -> int:
        """Try the parked events of one subject again, in order, until one fails; returns how many were applied.

        ``complete`` gives a personal event its content again: a parked row never holds it.
        """
        applied = 0
        with every_branch(), acting_as(SYSTEM), self.runtime.database.transaction() as session:
            self.lock(session)
            for row in parking.queue_of(session, self.source, subject):
                event = current_version(complete(decode(row.wire)))
                error = self._try(session, event)
                if error is not None:
                    row.attempts += 1
                    row.detail = type(error).__name__
                    break
                session.delete(row)
                session.flush()
                applied += 1
            parking.recount(session, self.source)
        return applied

    # -- one transaction

    def lock(self, session: Session) -> Cursor:
        """The cursor row of the source, locked until the end of the transaction; made on first sight."""
        session.expire_all()
        query = select(Cursor).where(Cursor.source == self.source).with_for_update()
        cursor = session.scalars(query).one_or_none()
        if cursor is None:
            cursor = Cursor(source=self.source, position=0, parked=0)
            session.add(cursor)
            session.flush()
        return cursor

    def peek(self, session: Session) -> Cursor:
        """The cursor as it is, unlocked."""
        return session.get(Cursor, self.source) or Cursor(source=self.source, position=0, parked=0)

    def _apply(self, events: Sequence[Event], *, singly: bool, park_as: str | None = None) -> Applied:
        self._found_branches, self._newly_noted = set(), set()
        with every_branch(), acting_as(SYSTEM), self.runtime.database.transaction() as session:
            cursor = self.lock(session)
            fresh, hole = self._in_line(cursor, events)
            if fresh:
                for recorder in self._recorders:
                    recorder(session, fresh)
                current = [current_version(event) for event in fresh]
                self._note_unheard(session, current)
                if singly:
                    self._one_by_one(session, cursor, current, park_as)
                else:
                    self._together(session, cursor, current)
                last = fresh[-1]
                session.execute(
                    update(_cursor)
                    .where(_cursor.c.source == self.source)
                    .values(position=last.position, last_id=last.id, epoch=last.epoch, moved_at=clock.now())
                )
                fp("consumer.before_commit")
            position = fresh[-1].position if fresh else cursor.position
            found_branches, noted = self._found_branches, self._newly_noted
        # Remembered only now: what a rolled-back batch has seen is not in any table.
        self._branches |= found_branches
        self._noted |= noted
        fp("consumer.after_commit")
        return Applied(len(fresh), hole, position)

    def _in_line(self, cursor: Cursor, events: Sequence[Event]) -> tuple[list[Event], bool]:
        position, last_id, epoch = cursor.position, cursor.last_id, cursor.epoch
        fresh: list[Event] = []
        for event in events:
            if event.position <= position:
                # An old message of this or an earlier life is a repetition; one of a life that we do not know is news.
                if event.epoch != epoch and event.epoch not in self.old_epochs:
                    raise EpochChanged
                continue
            if event.position > position + 1:
                return fresh, True
            if event.previd != last_id:
                raise EpochChanged
            fresh.append(event)
            position, last_id, epoch = event.position, event.id, event.epoch
        return fresh, False

    def _together(self, session: Session, cursor: Cursor, fresh: list[Event]) -> None:
        if cursor.parked and parking.blocked_subjects(session, self.source, {e.subject for e in fresh}):
            raise _TakeSingly
        for event in fresh:
            if event.type in self.heard and event.branch not in self._branches:
                self._expect_branch(session, event)
            elif self._unknown_version(event):
                raise _TakeSingly
        self._handle(session, fresh)

    def _one_by_one(self, session: Session, cursor: Cursor, fresh: list[Event], park_as: str | None) -> None:
        blocked = parking.blocked_subjects(session, self.source, {e.subject for e in fresh}) if cursor.parked else set()
        before = cursor.parked
        for event in fresh:
            reason, detail = park_as, ""
            if reason is None and is_erasure(event):
                parking.forget(session, self.source, event.subject)
                blocked.discard(event.subject)
                before = -1
            if reason is None and event.subject in blocked:
                reason = parking.BEHIND
            if reason is None and self._unknown_version(event):
                reason = parking.UNKNOWN_VERSION
            if reason is None:
                error = self._try(session, event)
                if error is not None:
                    reason = parking.UNKNOWN_BRANCH if isinstance(error, UnknownBranch) else parking.FAILED
                    detail = type(error).__name__
                    log.error(
                        "event.parked",
                        source=self.source,
                        type=event.type,
                        position=event.position,
                        reason=reason,
                        error=detail,
                    )
            if reason is not None:
                parking.park(session, event, reason, detail, TRIES)
                blocked.add(event.subject)
                before = -1
            session.execute(
                delete(Attempt.__table__).where(
                    Attempt.__table__.c.source == self.source, Attempt.__table__.c.position == event.position
                )
            )
        if before == -1:
            parking.recount(session, self.source)

    def _try(self, session: Session, event: Event) -> Exception | None:
        """Handle one event in a savepoint; the error of the last try, or None. Transient faults go to the caller."""
        error: Exception | None = None
        for _ in range(TRIES):
            try:
                with session.begin_nested():
                    if event.type in self.heard:
                        self._expect_branch(session, event)
                    self._handle(session, [event])
                return None
            except Exception as caught:
                if is_transient(caught):
                    raise
                error = caught
        return error

    # -- effects

    def _handle(self, session: Session, events: Sequence[Event]) -> None:
        events = [e for e in events if e.type in self.heard or is_erasure(e)]
        for event in events:
            if is_erasure(event):
                parking.forget(session, self.source, event.subject)
                redact_answers(session, event.subject)
        readable = [e for e in events if e.data is not None or is_erasure(e)]
        for projection in self._projections:
            run_projection(session, projection, readable)
        acted = [e for e in readable if e.type in self._acted_on]
        if acted:
            self.react(session, acted)

    def react(self, session: Session, events: Sequence[Event]) -> None:
        """Give each event to the reactions that hear it and have not acted on it yet."""
        if not events:
            return
        seen = {
            (row[0], row[1])
            for row in session.execute(
                select(SeenEvent.event_id, SeenEvent.reaction).where(SeenEvent.event_id.in_([e.id for e in events]))
            )
        }
        done = []
        for event in events:
            for reaction in self._reactions:
                if event.type in reaction.types and (event.id, reaction.name) not in seen:
                    with tracing(event.correlation_id, event.id, event.traceparent), in_branch(event):
                        reaction.act(event)
                    done.append({"event_id": event.id, "reaction": reaction.name})
        if done:
            session.execute(insert(SeenEvent.__table__), done)

    # -- small checks

    def _expect_branch(self, session: Session, event: Event) -> None:
        if event.branch not in self._branches:
            if not known_branch(session, event.branch):
                raise UnknownBranch(event.branch)
            self._found_branches.add(event.branch)

    def _unknown_version(self, event: Event) -> bool:
        return event.data is not None and event.type not in self.heard and event.type.rpartition(".v")[0] in self._bases

    def _note_unheard(self, session: Session, fresh: Sequence[Event]) -> None:
        for event in fresh:
            if event.type not in self.heard and event.type not in self._noted | self._newly_noted:
                there = session.execute(
                    select(_unheard.c.type).where(_unheard.c.source == self.source, _unheard.c.type == event.type)
                ).first()
                if there is None:
                    session.execute(
                        insert(_unheard), {"source": self.source, "type": event.type, "first_position": event.position}
                    )
                self._newly_noted.add(event.type)

    def _note_attempt(self, event: Event) -> int:
        with every_branch(), self.runtime.database.transaction() as session:
            row = session.get(Attempt, (self.source, event.position))
            if row is None:
                row = Attempt(source=self.source, position=event.position, attempts=0)
                session.add(row)
            row.attempts += 1
            return row.attempts


class _TakeSingly(RuntimeError):
    """Something in the batch wants a decision of its own."""


def _position(event: Event) -> int:
    return event.position
