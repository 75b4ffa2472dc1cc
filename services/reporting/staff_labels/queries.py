"""Reading labels."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.reporting.staff_labels.model import StaffLabel


def labels_of(session: Session, staff_ids: Collection[str]) -> dict[str, str]:
    """The labels of these people, by id; who is unknown is not in it. Only for a reader whose key has ``staff.labels``."""
    if not staff_ids:
        return {}
    found = session.execute(select(StaffLabel.staff_id, StaffLabel.label).where(StaffLabel.staff_id.in_(staff_ids)))
    return {staff_id: label for staff_id, label in found}
