"""Following a job: how far it is, what came of it, what was wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import marshmallow as ma
from flask import Response, request, send_file
from sqlalchemy.orm import Session

from shared import files
from shared.access import current_actor, needs_any
from shared.db import reader, transaction
from shared.http import (
    Blueprint,
    Instant,
    Limit,
    OutputSchema,
    Problem,
    QuerySchema,
    decode_cursor,
    encode_cursor,
    idempotent,
    versionless,
)
from shared.i18n import LANGUAGES, language_of
from shared.jobs import actions, queries
from shared.jobs.model import Job
from shared.runtime import runtime

_EXAMPLE = {
    "job_id": "019ab011-9a00-7a51-8a01-0d5f3a2b1c0c", "kind": "calls.import", "branch": "bj-chaoyang",
    "state": "running", "progress": 1200, "total": 5001,
    "result": {"phase": "importing", "added": 1200, "unchanged": 0}, "error": None, "file_url": None,
    "created_at": "2026-11-23T10:00:00.000000Z", "finished_at": None, "expires_at": None,
}  # fmt: skip
_ANYBODY = (("staff", None), ("kiosk", None), ("hq", None), ("service", None))


# How long a job that its owner has stopped can still be looked at.
_STOPPED_KEPT = timedelta(days=1)


class JobsQuery(QuerySchema):
    """A page of one's own jobs."""

    after = ma.fields.String(load_default=None)
    limit = Limit()


class JobOut(OutputSchema):
    """``state``: waiting, running, done, failed or cancelled; ``progress`` of ``total`` (null while nobody knows)."""

    job_id = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    branch = ma.fields.String(required=True, allow_none=True)
    state = ma.fields.String(required=True)
    progress = ma.fields.Integer(required=True)
    total = ma.fields.Integer(required=True, allow_none=True)
    result = ma.fields.Dict(required=True, allow_none=True)
    error = ma.fields.Dict(required=True, allow_none=True)
    file_url = ma.fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    finished_at = Instant(required=True, allow_none=True)
    expires_at = Instant(required=True, allow_none=True, metadata={"description": "When it and its files go."})


class JobsOut(OutputSchema):
    """One page, the latest first."""

    jobs = ma.fields.List(ma.fields.Nested(JobOut), required=True)
    next = ma.fields.String(required=True, allow_none=True)


blueprint = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs", description="任务进度 · jobs and their progress")


@blueprint.route("", methods=["GET"])
@needs_any(*_ANYBODY)
@blueprint.arguments(JobsQuery, location="query")
@blueprint.response(200, JobsOut, example={"jobs": [_EXAMPLE], "next": None})
def mine(query):
    """What one has asked for oneself and takes a while: imports, exports, reports. Timers are the program's own."""
    cursor = decode_cursor(query["after"], str)
    with reader() as session:
        found = queries.of_owner(session, _me(), _long_kinds(), cursor[0] if cursor else None, query["limit"] + 1)
    shown = found[: query["limit"]]
    return {
        "jobs": [_facts(each) for each in shown],
        "next": encode_cursor(shown[-1].id) if len(found) > len(shown) else None,
    }


@blueprint.route("/<job_id>/cancel", methods=["POST"])
@needs_any(*_ANYBODY)
@idempotent
@versionless
@blueprint.response(200, JobOut, example=_EXAMPLE | {"state": "cancelled"})
def cancel(job_id: str) -> dict[str, Any]:
    """Stop a job of one's own: a running one ends at its next checkpoint, and what it did before stays.

    404 for another's, 409 for one that has ended.
    """
    with transaction() as session:
        found = queries.get(session, job_id) if len(job_id) == 36 else None
        if found is None or found.owner != _me() or found.kind not in _long_kinds():
            raise Problem(404, "not-found")
        if not actions.stop(session, job_id, _STOPPED_KEPT):
            raise Problem(409, "conflict")
        return _facts(_visible(session, job_id))


@blueprint.route("/<job_id>")
@needs_any(*_ANYBODY)
@blueprint.response(200, JobOut, example=_EXAMPLE)
def job(job_id: str) -> dict[str, Any]:
    """A job of one's own, or of one's branch. 404 otherwise."""
    with reader() as session:
        return _facts(_visible(session, job_id))


@blueprint.route("/<job_id>/file")
@needs_any(*_ANYBODY)
@blueprint.response(200, content_type="text/csv", example="row,column,code\n7,phone,phone.format\n")
def job_file(job_id: str) -> Response:
    """The file that a job made (for an import: everything that was wrong, as CSV)."""
    with reader() as session:
        try:
            kept = files.about(session, str((_visible(session, job_id).result or {}).get("file_id", "")))
            path = files.path_of(session, kept.id)
        except files.NoSuchFile:
            raise Problem(404, "not-found") from None
    return send_file(path, mimetype=kept.media_type, as_attachment=True, download_name=f"{job_id}.csv", max_age=0)


def _visible(session: Session, job_id: str) -> Job:
    actor = current_actor()
    job = queries.get(session, job_id) if len(job_id) == 36 else None
    if job is None or not (job.owner == _me() or (actor.kind == "staff" and job.branch_id == actor.branch)):
        raise Problem(404, "not-found")
    return job


def _me() -> str:
    actor = current_actor()
    return f"{actor.kind}/{actor.id}"


def _long_kinds() -> list[str]:
    return [kind.name for kind in runtime().jobs.kinds.values() if kind.long]


def _facts(job: Job) -> dict[str, Any]:
    language = language_of(request)
    error = job.error
    if error is not None:
        params = {"params": error["params"]} if "params" in error else {}
        rest = {name: value for name, value in error.items() if name not in ("code", "params")}
        error = {"code": error["code"], "detail": runtime().wording.happening(error, language), **params, **rest}
    result = dict(job.result) if job.result else None
    file_id = result.pop("file_id", None) if result else None
    return {
        "job_id": job.id, "kind": job.kind, "branch": job.branch_id, "state": job.state, "progress": job.progress,
        "total": job.total, "result": _in(language, result), "error": _in(language, error),
        "file_url": f"{_below()}/{job.id}/file" if file_id else None, "created_at": job.created_at,
        "finished_at": job.finished_at, "expires_at": job.expires_at,
    }  # fmt: skip


def _below() -> str:
    return f"/{runtime().service.name}/api/v1/jobs"


def _in(language: str, value: Any) -> Any:
    """The same value with each ``{"zh", "en"}`` replaced by the sentence in ``language``."""
    if isinstance(value, dict):
        if set(value) == set(LANGUAGES):
            return value[language]
        return {name: _in(language, inner) for name, inner in value.items()}
    return [_in(language, inner) for inner in value] if isinstance(value, list) else value

