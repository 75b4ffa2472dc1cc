"""Facts about staff become labels. They come from one source, so the last one of a person is the one that holds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.reporting.staff_labels.model import StaffLabel
from shared.events import Event, Handlers

handlers = Handlers()
staff_labels = handlers.projection("staff_labels", tables=("staff_label",))

_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_TABLE: Any = StaffLabel.__table__


def _put(session: Session, values: dict[str, Any]) -> None:
    adding = _INSERT[session.get_bind().dialect.name](_TABLE).values(values)
    session.execute(
        adding.on_conflict_do_update(
            index_elements=[_TABLE.c.staff_id],
            set_={name: adding.excluded[name] for name in ("branch_id", "label", "present")},
        )
    )


@staff_labels.on("reception.staff.joined.v1", "reception.staff.changed.v1")
def on_staff_told(session: Session, event: Event) -> None:
    """Keep the label."""
    data: Any = event.data
    _put(session, {"staff_id": data["staff_id"], "branch_id": data["branch"], "label": data["label"], "present": True})


@staff_labels.on("reception.staff.left.v1")
def on_staff_left(session: Session, event: Event) -> None:
    """Old figures still name who left; the row only says that the person is gone."""
    session.execute(update(_TABLE).where(_TABLE.c.staff_id == event.subject_id).values(present=False))
