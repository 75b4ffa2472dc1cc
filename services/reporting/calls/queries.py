"""Reading the roll-up of calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.reporting.calls.model import CallsDaily

GROUPINGS = {"agent": CallsDaily.agent_id, "day": CallsDaily.day, "topic": CallsDaily.topic}


@dataclass(frozen=True)
class CallRow:
    """One line of the report. Means are over the answered calls that have the value; None where there is none."""

    key: str
    calls: int
    answered: int
    mean_answer_seconds: float | None
    mean_talk_seconds: float | None
    mean_rating: float | None


def _mean(total: int, n: int) -> float | None:
    # One division of two whole numbers is the double nearest to the true mean: nothing is rounded on the way.
    return int(total) / int(n) if n else None


def report(session: Session, by: str, branch: str | None, first: date | None, last: date | None) -> list[CallRow]:
    """Calls per ``agent``, ``day`` or ``topic``, in the order of the key; KeyError for another ``by``.

    From ``first`` to ``last``, both included, None for no bound. ``branch`` None means the whole group: the caller
    has made sure that the reader may see it.
    """
    t, key = CallsDaily, GROUPINGS[by]
    sums = [
        func.sum(column)
        for column in (
            t.calls, t.answered, t.answer_seconds_sum, t.answer_n, t.talk_seconds_sum, t.talk_n, t.rating_sum,
            t.rating_n,
        )
    ]  # fmt: skip
    query: Any = select(key, *sums).group_by(key).order_by(key)
    if branch is not None:
        query = query.where(t.branch_id == branch)
    if first is not None:
        query = query.where(t.day >= first)
    if last is not None:
        query = query.where(t.day <= last)
    return [
        CallRow(
            str(key), int(calls), int(answered), _mean(answer, answer_n), _mean(talk, talk_n), _mean(rating, rating_n)
        )
        for key, calls, answered, answer, answer_n, talk, talk_n, rating, rating_n in session.execute(query)
    ]


def totals_of_day(session: Session, branch: str, day: date) -> tuple[int, int]:
    """Calls and answered calls of one branch and local day."""
    calls, answered = session.execute(
        select(func.coalesce(func.sum(CallsDaily.calls), 0), func.coalesce(func.sum(CallsDaily.answered), 0)).where(
            CallsDaily.branch_id == branch, CallsDaily.day == day
        )
    ).one()
    return int(calls), int(answered)


def totals_by_branch(session: Session, day: date) -> dict[str, tuple[int, int]]:
    """Calls and answered calls of every branch with any on that local day. The caller sees every branch."""
    rows = session.execute(
        select(CallsDaily.branch_id, func.sum(CallsDaily.calls), func.sum(CallsDaily.answered))
        .where(CallsDaily.day == day)
        .group_by(CallsDaily.branch_id)
    )
    return {branch: (int(calls), int(answered)) for branch, calls, answered in rows}
