"""Binding kiosks to a branch and letting them go (R12.1)."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from services.reception.kiosks.events import kiosk_enrolled, kiosk_revoked
from shared import branches
from shared.access import action, keys
from shared.access.model import AccessKey
from shared.db import current_branch, transaction
from shared.events import record
from shared.http.problems import Problem

KIND, SCOPE = "kiosk", "check_ins"


class Enrolled(NamedTuple):
    """A new kiosk; ``key`` is shown this once and kept nowhere."""

    kiosk_id: str
    key: str


@action("kiosks.enrol")
def enrol(label: str, branch: str | None = None) -> Enrolled:
    """Make a kiosk's key for ``branch`` (default: the present one); Problem 422 ``unknown-reference`` for an unknown
    branch.
    """
    code = branch or current_branch()
    with transaction() as session:
        if not branches.known(session, code):
            raise Problem(422, "unknown-reference")
        plain = keys.create(session, KIND, [SCOPE], branch=code, label=label)
        kiosk_id = keys.id_of(plain) or ""
        record(session, kiosk_enrolled(kiosk_id, code, label))
    return Enrolled(kiosk_id, plain)


@action("kiosks.revoke")
def revoke(kiosk_id: str) -> None:
    """End a kiosk of the present branch; within seconds its key opens nothing. Problem 404; again changes nothing."""
    branch = current_branch()
    with transaction() as session:
        key = session.execute(
            select(AccessKey)
            .where(AccessKey.id == kiosk_id, AccessKey.kind == KIND, AccessKey.branch_id == branch)
            .with_for_update()
        ).scalar_one_or_none()
        if key is None:
            raise Problem(404, "not-found")
        if keys.revoke(session, kiosk_id):
            record(session, kiosk_revoked(kiosk_id, branch, key.label))
