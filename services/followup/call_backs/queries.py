"""Reading call-backs, and the branch's rules about them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from services.followup.call_backs import settings as ours
from services.followup.call_backs.hours import CallHours
from services.followup.call_backs.model import CLOSED, OPEN, Attempt, FollowUp, FollowUpRecord
from services.followup.call_backs.tries import TryRules
from shared import settings
from shared.branches import BranchView
from shared.http.problems import Problem


def get(session: Session, follow_up_id: str, *, lock: bool = False) -> FollowUp:
    """One call-back; Problem 404 ``not-found``, also for another branch's. ``lock``: its row, until the end."""
    query = select(FollowUp).where(FollowUp.id == follow_up_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    call = session.execute(query).scalar_one_or_none()
    if call is None:
        raise Problem(404, "not-found")
    return call


def page(session: Session, limit: int, status: str, after: tuple[datetime, str] | None = None) -> list[FollowUp]:
    """Call-backs of one status, the soonest due first: at most ``limit``, from behind ``after`` (due_at, id)."""
    query = select(FollowUp).where(FollowUp.status == status).order_by(FollowUp.due_at, FollowUp.id)
    if after is not None:
        query = query.where(tuple_(FollowUp.due_at, FollowUp.id) > tuple_(*after))
    return list(session.execute(query.limit(limit)).scalars())


def of_repair_order(session: Session, repair_order_id: str) -> FollowUp | None:
    """The call-back of a repair order."""
    return session.execute(
        select(FollowUp).where(FollowUp.repair_order_id == repair_order_id)
    ).scalar_one_or_none()


def of_customer(session: Session, customer_id: str) -> list[FollowUp]:
    """Every call-back about a person, locked."""
    return list(
        session.execute(
            select(FollowUp).where(FollowUp.customer_id == customer_id).order_by(FollowUp.id).with_for_update()
        ).scalars()
    )


def open_by_rule(session: Session, *, but: str) -> list[FollowUp]:
    """The open call-backs whose due time another rule than ``but`` gave, locked."""
    return list(
        session.execute(
            select(FollowUp)
            .where(FollowUp.status == OPEN, FollowUp.rule != but)
            .order_by(FollowUp.id)
            .with_for_update()
        ).scalars()
    )


def attempts(session: Session, follow_up_id: str) -> list[Attempt]:
    """The calls made for it, in order."""
    return list(
        session.execute(
            select(Attempt).where(Attempt.follow_up_id == follow_up_id).order_by(Attempt.number)
        ).scalars()
    )


def form(session: Session, follow_up_id: str) -> FollowUpRecord | None:
    """The record that closed it."""
    return session.execute(
        select(FollowUpRecord).where(FollowUpRecord.follow_up_id == follow_up_id)
    ).scalar_one_or_none()


def call_hours(session: Session, branch: BranchView, at: datetime | None = None) -> CallHours:
    """When this branch may call customers, by what is set for ``at`` (default now)."""
    return CallHours(branch, settings.value(session, ours.HOURS, branch.code, at))


def try_rules(session: Session, branch: str) -> TryRules:
    """The branch's rules for trying again."""

    def value(setting: settings.Setting):
        return settings.value(session, setting, branch)

    return TryRules(
        outcomes=value(ours.OUTCOMES),
        answering=value(ours.ANSWERING),
        ending=value(ours.ENDING),
        next_day=value(ours.NEXT_DAY),
        soon=value(ours.SOON),
        attempts=value(ours.ATTEMPTS),
        within=timedelta(hours=value(ours.WITHIN_HOURS)),
        spacing=timedelta(minutes=value(ours.SPACING)),
        busy_again=timedelta(minutes=value(ours.BUSY_AGAIN)),
    )


def asked_and_next(session: Session, branch: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The questions that every call-back of the branch asks, and the next steps it knows."""
    return settings.value(session, ours.QUESTIONS, branch), settings.value(session, ours.NEXT_STEPS, branch)


def due_on(session: Session, day: date) -> int:
    """How many open call-backs are due on the branch's ``day``."""
    query = select(func.count()).select_from(FollowUp).where(FollowUp.status == OPEN, FollowUp.due_date == day)
    return session.execute(query).scalar_one()


def closed_since(session: Session, at: datetime, limit: int) -> list[FollowUp]:
    """Call-backs closed since then, the latest first."""
    query = select(FollowUp).where(FollowUp.status == CLOSED, FollowUp.closed_at >= at)
    return list(session.execute(query.order_by(FollowUp.closed_at.desc()).limit(limit)).scalars())


def beside(session: Session, call: FollowUp) -> tuple[FollowUp | None, FollowUp | None]:
    """The open call-backs that are due just before and just after this one."""
    here, place = tuple_(call.due_at, call.id), tuple_(FollowUp.due_at, FollowUp.id)
    found = select(FollowUp).where(FollowUp.status == OPEN).limit(1)
    before = found.where(place < here).order_by(FollowUp.due_at.desc(), FollowUp.id.desc())
    after = found.where(place > here).order_by(FollowUp.due_at, FollowUp.id)
    return session.execute(before).scalar_one_or_none(), session.execute(after).scalar_one_or_none()


def next_to_call(session: Session, call: FollowUp, now: datetime) -> FollowUp | None:
    """Whom to call after ``call``: the soonest due of the others that may be tried ``now``."""
    may_be_tried = FollowUp.next_try_at.is_(None) | (FollowUp.next_try_at <= now)
    query = select(FollowUp).where(FollowUp.status == OPEN, FollowUp.id != call.id, may_be_tried)
    return session.execute(query.order_by(FollowUp.due_at, FollowUp.id).limit(1)).scalar_one_or_none()


def with_customer(session: Session, customer_id: str, limit: int) -> list[FollowUp]:
    """The call-backs about a person in this branch: open ones first, then the latest."""
    query = select(FollowUp).where(FollowUp.customer_id == customer_id)
    return list(session.execute(query.order_by(FollowUp.status.desc(), FollowUp.id.desc()).limit(limit)).scalars())
