"""Writing down that somebody is shown a record about a person whole."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from shared import clock
from shared.access import action, current_actor
from shared.db import current_branch
from shared.ids import uuid7
from shared.privacy.model import AccessRecord


@action("personal.reveal")
def record_access(session: Session, subject: str, about: str | None, fields: Iterable[str], reason: str) -> None:
    """Note who is shown which ``fields`` of ``subject`` (``visit/<id>``), a record ``about`` somebody, for what reason.

    In the caller's transaction, before anything is shown: what was seen without a record does not exist.
    """
    actor = current_actor()
    session.add(
        AccessRecord(
            id=uuid7(), branch_id=current_branch(), subject=subject, about=about, fields=sorted(fields), reason=reason,
            actor=f"{actor.kind}/{actor.id}", shown_at=clock.now(),
        )
    )  # fmt: skip
    session.flush()
