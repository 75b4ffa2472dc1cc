"""Binding kiosks to a branch, naming them and letting them go (R12.1)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.reception.kiosks import codes, queries
from services.reception.kiosks.events import kiosk_enrolled, kiosk_renamed, kiosk_revoked
from services.reception.kiosks.model import Kiosk, KioskCode
from shared import branches, clock
from shared.access import action, current_actor, keys
from shared.access.model import AccessKey
from shared.db import branch_scope, current_branch, transaction
from shared.events import record
from shared.http import etag
from shared.http.problems import Problem
from shared.ids import uuid7

KIND, SCOPE = "kiosk", "check_ins"


class Enrolled(NamedTuple):
    """A new kiosk; ``key`` is shown this once and kept nowhere."""

    kiosk_id: str
    key: str


class Code(NamedTuple):
    """A code to type in at the machine; shown this once and kept nowhere."""

    code: str
    expires_at: datetime


@action("kiosks.enrol")
def make_code(label: str) -> Code:
    """A code with which one machine becomes a kiosk of the present branch, within ten minutes (R12.1).

    Problem 422 ``unknown-reference`` where there is no door: the group's own people have no branch.
    """
    actor, branch, code = current_actor(), current_branch(), codes.new()
    with transaction() as session:
        if not branches.known(session, branch):
            raise Problem(422, "unknown-reference")
        expires_at = clock.now() + codes.GOOD_FOR
        session.add(
            KioskCode(
                id=uuid7(), branch_id=branch, hash=codes.hashed(code), label=label,
                made_by=f"{actor.kind}/{actor.id}", expires_at=expires_at,
            )
        )  # fmt: skip
    return Code(codes.shown(code), expires_at)


@action("kiosks.enrol")
def enrol(label: str, branch: str | None = None) -> Enrolled:
    """Make a kiosk's key for ``branch`` (default: the present one); Problem 422 ``unknown-reference`` for an unknown
    branch.
    """
    code = branch or current_branch()
    with transaction() as session:
        if not branches.known(session, code):
            raise Problem(422, "unknown-reference")
        with branch_scope(code):
            return _enrolled(session, code, label)


@action("kiosks.enrol")
def enrol_by_code(code_id: str, label: str | None = None) -> Enrolled:
    """Turn a code of the present branch into a kiosk; Problem 410 ``kiosk-code-spent`` when it was used or is too
    old. Two machines that send the same code at once: one of them is a kiosk.
    """
    with transaction() as session:
        code = queries.code(session, code_id, lock=True)
        if code is None or code.kiosk_id is not None or code.expires_at <= clock.now():
            raise Problem(410, "kiosk-code-spent")
        made = _enrolled(session, current_branch(), label or code.label)
        code.kiosk_id = made.kiosk_id
        return made


@action("kiosks.rename")
def rename(kiosk_id: str, label: str, version: int) -> Kiosk:
    """Call a kiosk of the present branch ``label``. Problems: 404, 412 unless ``version`` is the present one."""
    with transaction() as session:
        kiosk = _held(session, kiosk_id)
        if kiosk.version != version:
            raise Problem(412, "precondition-failed", headers={"ETag": etag(kiosk.version)})
        if kiosk.label != label:
            kiosk.label, kiosk.version = label, kiosk.version + 1
            session.execute(update(AccessKey).where(AccessKey.id == kiosk_id).values(label=label))
            record(session, kiosk_renamed(kiosk))
        return kiosk


@action("kiosks.revoke")
def revoke(kiosk_id: str) -> None:
    """End a kiosk of the present branch; within seconds its key opens nothing. Problem 404; again changes nothing."""
    with transaction() as session:
        kiosk = _held(session, kiosk_id)
        if keys.revoke(session, kiosk_id):
            kiosk.revoked_at, kiosk.version = clock.now(), kiosk.version + 1
            record(session, kiosk_revoked(kiosk))


def _enrolled(session: Session, branch: str, label: str) -> Enrolled:
    plain = keys.create(session, KIND, [SCOPE], branch=branch, label=label)
    kiosk = Kiosk(id=keys.id_of(plain), branch_id=branch, label=label, enrolled_at=clock.now(), version=1)
    session.add(kiosk)
    session.flush()
    record(session, kiosk_enrolled(kiosk))
    return Enrolled(kiosk.id, plain)


def _held(session: Session, kiosk_id: str) -> Kiosk:
    kiosk = queries.one(session, kiosk_id, lock=True)
    if kiosk is None:
        raise Problem(404, "not-found")
    return kiosk
