"""Following a job: how far it is, what came of it, what was wrong."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response, request, send_file
from sqlalchemy.orm import Session

from shared import files
from shared.access import current_actor, needs_any
from shared.db import reader
from shared.http import Blueprint, Instant, OutputSchema, Problem
from shared.i18n import LANGUAGES, language_of
from shared.jobs import queries
from shared.jobs.model import Job

# Jobs say "rows-invalid" and the like with an explanation of their own; these two are the mechanism's.
_TEXTS = {
    "unexpected": {"zh": "出现了意外情况，已记录", "en": "Something unexpected happened and was noted"},
    "crashed": {"zh": "多次中断，已放弃", "en": "It was interrupted too often and given up"},
}
_EXAMPLE = {
    "job_id": "019ab011-9a00-7a51-8a01-0d5f3a2b1c0c", "kind": "calls.import", "branch": "bj-chaoyang",
    "state": "running", "progress": 1200, "total": 5001,
    "result": {"phase": "importing", "added": 1200, "unchanged": 0}, "error": None, "file_url": None,
    "created_at": "2026-11-23T10:00:00.000000Z", "finished_at": None,
}  # fmt: skip
_ANYBODY = (("staff", None), ("kiosk", None), ("hq", None), ("service", None))


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


blueprint = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs", description="任务进度 · jobs and their progress")


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
    mine = job is not None and job.owner == f"{actor.kind}/{actor.id}"
    if job is None or not (mine or (actor.kind == "staff" and job.branch_id == actor.branch)):
        raise Problem(404, "not-found")
    return job


def _facts(job: Job) -> dict[str, Any]:
    language = language_of(request)
    error = job.error
    if error is not None:
        error = {"detail": _TEXTS.get(error["code"], {}), **error}
    result = dict(job.result) if job.result else None
    file_id = result.pop("file_id", None) if result else None
    return {
        "job_id": job.id, "kind": job.kind, "branch": job.branch_id, "state": job.state, "progress": job.progress,
        "total": job.total, "result": _in(language, result), "error": _in(language, error),
        "file_url": f"{request.path}/file" if file_id else None, "created_at": job.created_at,
        "finished_at": job.finished_at,
    }  # fmt: skip


def _in(language: str, value: Any) -> Any:
    """The same value with each ``{"zh", "en"}`` replaced by the sentence in ``language``."""
    if isinstance(value, dict):
        if set(value) == set(LANGUAGES):
            return value[language]
        return {name: _in(language, inner) for name, inner in value.items()}
    return [_in(language, inner) for inner in value] if isinstance(value, list) else value

