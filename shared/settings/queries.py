"""Reading what holds for a branch at an instant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import clock
from shared.settings.model import BranchSetting
from shared.settings.registry import GROUP, Setting


def place(setting: Setting, branch: str | None) -> str:
    """Where a value of ``setting`` is kept: its branch or ``group``. ValueError when a branch is needed and missing."""
    if setting.scope == GROUP:
        return GROUP
    if not branch or branch == GROUP:
        raise ValueError(f"{setting.key} is set per branch: name one")
    return branch


def value(session: Session, setting: Setting, branch: str | None = None, at: datetime | None = None) -> Any:
    """What holds for ``branch`` at ``at`` (default now): the latest row valid by then, else the default.

    Typed as registry.py says: minutes as int, a ratio as Decimal, spans as pairs of local times.
    """
    found = session.execute(
        select(BranchSetting.value)
        .where(
            BranchSetting.key == setting.key,
            BranchSetting.branch_id == place(setting, branch),
            BranchSetting.valid_from <= (at or clock.now()),
        )
        # Two values for the same instant: the one that was set later holds.
        .order_by(BranchSetting.valid_from.desc(), BranchSetting.version.desc())
        .limit(1)
    ).first()
    return setting.read(setting.default if found is None else found[0])


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
