"""How current the figures are: a figure that lacks facts must say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.events.tables import Cursor, Parked


@dataclass(frozen=True)
class Freshness:
    """``last``: when the last fact of any source was counted, None before the first one. ``away``: sources whose feed
    does not answer, since when; ``parked``: facts that stand beside, by branch.
    """

    last: datetime | None
    away: Mapping[str, datetime]
    parked: Mapping[str, int]

    @property
    def as_of(self) -> datetime | None:
        """Up to when nothing is missing that is known to be missing."""
        return min(self.away.values()) if self.away else self.last

    def late(self, branch: str) -> bool:
        """Whether facts of this branch are known, or must be feared, to be missing."""
        return bool(self.away) or self.parked.get(branch, 0) > 0


def freshness(session: Session) -> Freshness:
    """Read from the cursors and from what is parked."""
    cursors: list[Any] = list(session.execute(select(Cursor.source, Cursor.moved_at, Cursor.unreachable_since)))
    moved = [at for _, at, _ in cursors if at is not None]
    parked = session.execute(select(Parked.branch_id, func.count()).group_by(Parked.branch_id))
    return Freshness(
        max(moved, default=None),
        {source: since for source, _, since in cursors if since is not None},
        {branch: int(n) for branch, n in parked},
    )
