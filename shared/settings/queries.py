"""Reading what holds for a branch at an instant.

Settings are asked for at every check-in and change a few times a year: what a place has set is remembered for a moment.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import clock
from shared.db import after_commit
from shared.db.units import unit_of
from shared.settings.model import BranchSetting
from shared.settings.registry import GROUP, Setting

_REMEMBER_SECONDS = 3.0
_CHANGED = "settings_changed"
# The rows of one place: key → [(valid from, value)], the one that holds last coming first.
Rows = dict[str, list[tuple[datetime, Any]]]


def place(setting: Setting, branch: str | None) -> str:
    """Where a value of ``setting`` is kept: its branch or ``group``. ValueError when a branch is needed and missing."""
    if setting.scope == GROUP:
        return GROUP
    if not branch or branch == GROUP:
        raise ValueError(f"{setting.key} is set per branch: name one")
    return branch


def value(session: Session, setting: Setting, branch: str | None = None, at: datetime | None = None) -> Any:
    """What holds for ``branch`` at ``at`` (default now): the latest row valid by then, else the default.

    Typed as registry.py says: minutes as int, a ratio as Decimal, spans as pairs of local times. Up to 3 s old when
    another process has just changed it.
    """
    moment = at or clock.now()
    for valid_from, wire in _rows(session, place(setting, branch)).get(setting.key, ()):
        if valid_from <= moment:
            return setting.read(wire)
    return setting.read(setting.default)


def _rows(session: Session, where: str) -> Rows:
    memory = unit_of(session).database.memory
    if _CHANGED not in session.info:
        until, rows = memory.get(("settings", where), (0.0, None))
        if rows is not None and clock.monotonic() < until:
            return rows
    found: Rows = {}
    for key, valid_from, wire in session.execute(
        select(BranchSetting.key, BranchSetting.valid_from, BranchSetting.value)
        .where(BranchSetting.branch_id == where)
        # Two values for the same instant: the one that was set later holds.
        .order_by(BranchSetting.valid_from.desc(), BranchSetting.version.desc())
    ):
        found.setdefault(key, []).append((valid_from, wire))
    if _CHANGED not in session.info:
        memory["settings", where] = (clock.monotonic() + _REMEMBER_SECONDS, found)
    return found


def forget(session: Session, where: str) -> None:
    """Who writes settings says so: this transaction reads the table from now on, the others after its commit."""
    memory = unit_of(session).database.memory
    session.info[_CHANGED] = True
    after_commit(session, lambda: memory.pop(("settings", where), None))


def version(session: Session, setting: Setting, branch: str | None = None) -> int:
    """How often it was set; 0 while the default holds. It is the version of the setting's events and its ETag."""
    return session.execute(
        select(func.coalesce(func.max(BranchSetting.version), 0)).where(
            BranchSetting.key == setting.key, BranchSetting.branch_id == place(setting, branch)
        )
    ).scalar_one()


def history(session: Session, setting: Setting, branch: str | None = None, limit: int = 200) -> list[BranchSetting]:
    """The rows of one setting, the latest valid-from first (at most ``limit``)."""
    return list(
        session.execute(
            select(BranchSetting)
            .where(BranchSetting.key == setting.key, BranchSetting.branch_id == place(setting, branch))
            .order_by(BranchSetting.valid_from.desc(), BranchSetting.version.desc())
            .limit(limit)
        ).scalars()
    )
