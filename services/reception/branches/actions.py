"""Opening and changing branches."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.reception.branches import events, public_holidays
from shared import branches, clock
from shared.access import action
from shared.branches import BranchView
from shared.branches.actions import put
from shared.branches.model import Branch
from shared.branches.queries import as_view
from shared.branches.view import WEEKDAYS, from_payload
from shared.db import transaction
from shared.events import record
from shared.http.problems import Problem

DEFAULT_ZONE = "Asia/Shanghai"
# Open every day unless the branch says otherwise.
DEFAULT_HOURS: dict[str, list[list[str]]] = {day: [["08:30", "18:00"]] for day in WEEKDAYS}

_CODE = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_LETTER = re.compile(r"[A-Z]", re.ASCII)
RESERVED_CODES = frozenset({"group"})


@action("branches.open")
def open_branch(
    code: str,
    name: str,
    letter: str,
    zone: str = DEFAULT_ZONE,
    hours: Mapping[str, Sequence[Sequence[str]]] | None = None,
    closing_days: Sequence[str] = (),
    public_holiday_spans: Sequence[Mapping[str, str]] | None = None,
    makeup_workdays: Sequence[str] | None = None,
) -> BranchView:
    """Open a branch; ``letter`` stands before its ticket numbers, ``hours`` are wall clock (``{"mon": [["08:30",
    "18:00"]]}``).

    Without spans of its own it starts with the public holidays of mainland China. Problems: 409 ``branch-exists``,
    422 ``validation``.
    """
    data = {
        "code": code, "name": name, "letter": letter, "zone": zone, "hours": DEFAULT_HOURS if hours is None else hours,
        "public_holidays": public_holidays.default_holidays() if public_holiday_spans is None else public_holiday_spans,
        "makeup_workdays": public_holidays.default_makeup_workdays() if makeup_workdays is None else makeup_workdays,
        "closing_days": closing_days,
    }  # fmt: skip
    if not _CODE.fullmatch(code) or code in RESERVED_CODES:
        raise Problem(422, "validation", errors=[{"pointer": "/code", "code": "branch.code"}])
    view = _view(data, version=1)
    with transaction() as session:
        if branches.known(session, code):
            raise Problem(409, "branch-exists")
        put(session, view, clock.now())
        record(session, events.branch_opened(view))
    return view


@action("branches.change")
def change_branch(code: str, changes: Mapping[str, Any]) -> BranchView:
    """Change what ``changes`` names (the keys of the event, but for ``code``); nothing is recorded when nothing
    differs.

    Problems: 404 for an unknown branch, 422 ``validation``.
    """
    with transaction() as session:
        before = _locked(session, code)
        data = {**before.payload(), **changes, "code": code}
        if data == before.payload():
            return before
        view = _view(data, version=before.version + 1)
        put(session, view, clock.now())
        record(session, events.branch_changed(view))
    return view


def _locked(session: Session, code: str) -> BranchView:
    row = session.get(Branch, code, with_for_update=True, populate_existing=True)
    if row is None:
        raise Problem(404, "not-found")
    return as_view(row)


def _view(data: Mapping[str, Any], version: int) -> BranchView:
    if not _LETTER.fullmatch(data["letter"]):
        raise Problem(422, "validation", errors=[{"pointer": "/letter", "code": "branch.letter"}])
    if not 0 < len(data["name"]) <= 80:
        raise Problem(422, "validation", errors=[{"pointer": "/name", "code": "field.length"}])
    try:
        return from_payload(data, version)
    except (ValueError, KeyError, TypeError):
        raise Problem(422, "validation", errors=[{"pointer": "", "code": "branch.calendar"}]) from None
