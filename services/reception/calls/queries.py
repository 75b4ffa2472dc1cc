"""Reading the call log of the present branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.reception.calls.model import COMPARED, Call
from shared.importing import DIFFERENT, NEW, SAME


def by_external_ids(session: Session, ids: Sequence[str]) -> dict[str, Call]:
    """The calls of the branch that a telephone system knows under these ids, by them (a few hundred at once)."""
    found = session.execute(select(Call).where(Call.external_id.in_(ids))).scalars()
    return {call.external_id: call for call in found if call.external_id is not None}


def latest(session: Session, limit: int, before: tuple[datetime, str] | None = None) -> list[Call]:
    """The latest calls first, at most ``limit``; ``before`` is the last one of the page before (instant, id)."""
    query = select(Call).order_by(Call.occurred_at.desc(), Call.id.desc()).limit(limit)
    if before is not None:
        query = query.where(tuple_(Call.occurred_at, Call.id) < before)
    return list(session.execute(query).scalars())


def compare(session: Session, calls: Sequence[Mapping[str, Any]], options: Mapping[str, Any]) -> list[str]:
    """For each call of a list: NEW, SAME as what is logged, or DIFFERENT from it in what is said of the call."""
    there = by_external_ids(session, [call["external_id"] for call in calls])
    states = []
    for call in calls:
        known = there.get(call["external_id"])
        if known is None:
            states.append(NEW)
            continue
        states.append(SAME if all(getattr(known, name) == call[name] for name in COMPARED) else DIFFERENT)
    return states
