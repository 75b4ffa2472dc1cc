"""Reading call-backs, and the branch's rules about them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.followup.call_backs import settings as ours
from services.followup.call_backs.hours import CallHours
from services.followup.call_backs.model import OPEN, Attempt, FollowUp, FollowUpRecord
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
