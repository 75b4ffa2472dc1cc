"""Reading labels."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.reporting.staff_labels.model import StaffLabel


def labels_of(session: Session, staff_ids: Collection[str]) -> dict[str, str]:
    """The labels of these people, by id; the unknown are left out. For readers whose key has ``staff.labels`` only."""
    if not staff_ids:
        return {}
    found = session.execute(select(StaffLabel.staff_id, StaffLabel.label).where(StaffLabel.staff_id.in_(staff_ids)))
    return dict(found.all())
