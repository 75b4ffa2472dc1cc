"""What people see of settings: each with what holds now, what will hold, who said so and how it came about."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import clock
from shared.access import action, current_actor
from shared.http.problems import Problem
from shared.runtime import runtime
from shared.settings import queries
from shared.settings.model import BranchSetting
from shared.settings.registry import GROUP, Setting


@dataclass(frozen=True)
class Standing:
    """A setting in one place: ``holds`` is the row that is valid now (None: the default), ``planned`` are later ones,
    the next one first. ``version`` counts how often it was set.
    """

    setting: Setting
    changeable: bool
    version: int = 0
    holds: BranchSetting | None = None
    planned: list[BranchSetting] = field(default_factory=list)

    @property
    def value(self) -> Any:
        """The wire form of what holds."""
        return self.setting.default if self.holds is None else self.holds.value

    @property
    def capability(self) -> str:
        """Which part of the service it is about."""
        return self.setting.key.partition(".")[0]


@action("settings.change")
def all_standing(session: Session) -> list[Standing]:
    """Every setting that the present actor may see, by key: those of their branch, and those of the group."""
    rows = defaultdict(list)
    own = current_actor().branch or GROUP
    found = select(BranchSetting).where(BranchSetting.branch_id.in_({own, GROUP}))
    for row in session.scalars(found.order_by(BranchSetting.valid_from, BranchSetting.version)):
        rows[row.key, row.branch_id].append(row)
    now = clock.now()
    return [
        _standing(setting, rows[setting.key, GROUP if setting.scope == GROUP else own], now)
        for setting in runtime().settings
        if setting.scope == GROUP or own != GROUP
    ]


@action("settings.change")
def standing(session: Session, key: str) -> tuple[Standing, list[BranchSetting]]:
    """One of them, and all that was ever set, the latest valid-from first. Problem 404 for none of that key."""
    setting = seen(key)
    rows = queries.history(session, setting, current_actor().branch)
    return _standing(setting, rows[::-1], clock.now()), rows


@action("settings.change")
def seen(key: str) -> Setting:
    """The setting ``key``, if the present actor can have to do with it; Problem 404."""
    setting = runtime().settings.get(key) if len(key) <= 80 else None
    if setting is None or (setting.scope != GROUP and (current_actor().branch or GROUP) == GROUP):
        raise Problem(404, "not-found")
    return setting


def _standing(setting: Setting, rows: list[BranchSetting], now: datetime) -> Standing:
    """``rows`` in the order in which they become valid."""
    past = [row for row in rows if row.valid_from <= now]
    return Standing(
        setting,
        setting.scope != GROUP or (current_actor().branch or GROUP) == GROUP,
        max((row.version for row in rows), default=0),
        past[-1] if past else None,
        [row for row in rows if row.valid_from > now],
    )
