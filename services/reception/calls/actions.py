"""Writing calls down (R3.1): one by hand or by a telephone system, or many from a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from services.reception import staff
from services.reception.calls import queries
from services.reception.calls.columns import LAYOUT
from services.reception.calls.events import call_logged
from services.reception.calls.model import Call, contradiction
from services.reception.calls.topics import names_a_number
from shared import branches, clock
from shared.access import action, current_actor
from shared.db import current_branch, transaction
from shared.events import GROUP, record, record_many
from shared.http.problems import Problem
from shared.ids import uuid7
from shared.importing import STOP
from shared.importing.upload import check_mapping
from shared.importing.upload import plan_import as plan_list

KIND = "calls.import"
# One statement for a whole chunk; the mapped class would send one for each set of fields that are not null.
_INSERT = insert(cast(Table, Call.__table__))


@action("calls.log")
def log_call(
    *, agent_id: str, occurred_at: datetime, topic: str, answered: bool, external_id: str | None = None,
    resolved: bool | None = None, answer_seconds: int | None = None, talk_seconds: int | None = None,
    rating: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Log one incoming call of the present branch; returns it. Times in seconds, ``occurred_at`` an instant.

    Problems: 422 ``validation`` (a call nobody answered has no talk; a number in the topic), 422 ``unknown-reference``
    (an agent of another branch, or none), 409 ``call-exists`` (the external id is taken).
    """
    branch = current_branch()
    with transaction() as session:
        call = _row(
            branch, agent_id=agent_id, occurred_at=occurred_at, topic=topic, answered=answered, imported=False,
            external_id=external_id, resolved=resolved, answer_seconds=answer_seconds, talk_seconds=talk_seconds,
            rating=rating, local_date=clock.local_date(occurred_at, branches.get(session, branch).zone),
        )  # fmt: skip
        wrong = contradiction(call)
        if wrong:
            raise Problem(422, "validation", errors=[(f"/{wrong}", "call.not_answered")])
        if names_a_number(topic):
            raise Problem(422, "validation", errors=[("/topic", "call.topic_names_number")])
        if not staff.works_here(session, agent_id):
            raise Problem(422, "unknown-reference", errors=[("/agent_id", "unknown-reference")])
        if external_id is not None and queries.by_external_ids(session, [external_id]):
            raise Problem(409, "call-exists")
        session.execute(_INSERT, call)
        record(session, call_logged(call))
    return call


@action("calls.import")
def log_calls(session: Session, calls: Sequence[Mapping[str, Any]]) -> None:
    """Log calls of a list that was checked (``columns.check``), in the open transaction; agents become staff."""
    branch = current_branch()
    agents = {label: staff.ensure_agent(session, branch, label) for label in sorted({call["agent"] for call in calls})}
    rows = [
        _row(branch, imported=True, agent_id=agents[call["agent"]], **{k: v for k, v in call.items() if k != "agent"})
        for call in calls
    ]
    session.execute(_INSERT, rows)
    record_many(session, map(call_logged, rows))


@action("calls.import")
def plan_import(
    *, file_id: str, branch: str, zone: str | None = None, mapping: Mapping[str, str | None] | None = None,
    dry_run: bool = False, on_error: str = STOP,
) -> str:  # fmt: skip
    """Plan the import of a kept list into ``branch``; returns the job's id. ``zone``: of its times, or the branch's.

    Problems: 403 ``forbidden`` for another branch than one's own, 422 ``unknown-reference`` for none of ours, 422
    ``validation`` for a mapping to fields that calls do not have.
    """
    actor = current_actor()
    if actor.kind != "system" and actor.branch not in (branch, GROUP):
        raise Problem(403, "forbidden")
    check_mapping(LAYOUT, dict(mapping or {}))
    with transaction() as session:
        try:
            zone = zone or branches.get(session, branch).zone
        except branches.UnknownBranch:
            raise Problem(422, "unknown-reference", errors=[("/branch", "unknown-reference")]) from None
        return plan_list(
            session, KIND, file_id, branch, {"zone": zone}, mapping=dict(mapping or {}), dry_run=dry_run,
            on_error=on_error,
        )  # fmt: skip


def _row(branch: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": uuid7(), "branch_id": branch, "direction": "in", "customer_id": None, "created_at": clock.now(), **fields,
    }  # fmt: skip
