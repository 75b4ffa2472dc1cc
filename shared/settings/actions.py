"""The only writer of settings: a change is a row with its author and an event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from shared import clock, jobs
from shared.access import action, current_actor
from shared.db import transaction
from shared.events import NewEvent, record
from shared.http.etags import etag
from shared.http.problems import Problem
from shared.ids import uuid7
from shared.runtime import runtime
from shared.settings import queries
from shared.settings.model import BranchSetting
from shared.settings.registry import GROUP, NotASettingValue, Setting

# A capability that must do something when a value begins to hold declares a timer of this name: "<key>.holds".
FOLLOWED = ".holds"


def setting_changed(service: str, row: BranchSetting, setting: Setting) -> NewEvent:
    """The event of one change; every service sends its own."""
    return NewEvent(
        type=f"{service}.setting.changed.v1",
        subject=f"setting/{row.key}",
        branch=row.branch_id,
        version=row.version,
        data={
            "key": row.key,
            "branch": row.branch_id,
            "type": setting.type,
            "value": row.value,
            "valid_from": clock.wire(row.valid_from),
            "author": row.author,
        },
    )


@action("settings.change")
def set_value(
    key: str, value: Any, branch: str | None = None, valid_from: datetime | None = None, *, version: int | None = None
) -> str:
    """Set ``key`` (wire form) for ``branch`` or the group from ``valid_from`` (default now) on; returns the row's id.

    A branch is set by its own people only; the group's settings and other branches by those who act for the group.
    ``version``: the one that was seen, if that matters.
    Problems: 422 ``unknown-setting``, 422 ``validation`` with the type's code, 403 ``forbidden``, 409 ``conflict``,
    412 ``precondition-failed``.
    """
    here = runtime()
    setting = here.settings.get(key)
    if setting is None:
        raise Problem(422, "unknown-setting")
    try:
        setting.read(value)
    except NotASettingValue as error:
        raise Problem(422, "validation", errors=[("/value", error.code)]) from None
    now = clock.now()
    actor = current_actor()
    where = queries.place(setting, branch)
    if actor.kind != "system" and actor.branch not in (where, None, GROUP):
        raise Problem(403, "forbidden")
    with transaction() as session:
        before = queries.version(session, setting, branch)
        if version not in (None, before):
            raise Problem(412, "precondition-failed", headers={"ETag": etag(before)})
        row = BranchSetting(
            id=uuid7(), key=key, branch_id=where, value=value, valid_from=valid_from or now,
            version=before + 1, author=f"{actor.kind}/{actor.id}", created_at=now,
        )  # fmt: skip
        session.add(row)
        try:
            session.flush()
        except IntegrityError:
            # Somebody else set the same thing at the same moment, and the versions met.
            raise Problem(409, "conflict") from None
        queries.forget(session, row.branch_id)
        record(session, setting_changed(here.service.name, row, setting))
        follower = f"{key}{FOLLOWED}"
        if here.jobs.get(follower) is not None:
            jobs.plan(session, follower, f"setting/{where}/{row.version}", row.valid_from, branch=where)
        return row.id
