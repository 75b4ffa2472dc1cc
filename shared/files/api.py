"""Files over HTTP: bring one, get one."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response, request, send_file
from werkzeug.datastructures import FileStorage

from shared import files
from shared.access import needs
from shared.db import reader, transaction
from shared.files import actions
from shared.files.kinds import KINDS, LARGEST
from shared.http import Blueprint, InputSchema, OutputSchema, Problem, accepts, answered_once, idempotent
from shared.ids import uuid7

blueprint = Blueprint("files", __name__, url_prefix="/api/v1/files", description="文件 · pictures and documents")

FORM = "multipart/form-data"
# Beside the file itself: the form's borders and headings.
_FORM_BYTES = 64 * 1024


_EXAMPLE = {
    "file_id": "019ab011-9a00-7a51-8a01-0d5f3a2b1c0c", "media_type": "image/jpeg",
    "url": "/reception/api/v1/files/019ab011-9a00-7a51-8a01-0d5f3a2b1c0c",
}  # fmt: skip


class UploadField(ma.fields.Raw):
    """The file of a form."""

    default_error_messages = {"required": "field.required", "null": "field.null"}

    def __init__(self, **options: Any) -> None:
        said = {"type": "string", "format": "binary", "description": "JPEG, PNG, WebP or PDF"}
        super().__init__(required=True, metadata=said, **options)


class UploadForm(InputSchema):
    """One file; its name is not kept."""

    file = UploadField()


class FileOut(OutputSchema):
    """What was kept; it goes within hours unless something it belongs to takes it over."""

    file_id = ma.fields.String(required=True)
    media_type = ma.fields.String(required=True, metadata={"enum": sorted(KINDS)})
    url = ma.fields.String(required=True)


@blueprint.route("", methods=["POST"])
@needs("staff")
@accepts(max_bytes=LARGEST + _FORM_BYTES)
@blueprint.arguments(UploadForm, location="files", content_type=FORM, example={"file": "…"})
@answered_once
@blueprint.response(201, FileOut, example=_EXAMPLE)
def upload(given: dict[str, Any]) -> Response:
    """Bring a picture or a PDF. A picture is made anew: place, camera and the like are not kept."""
    file: FileStorage = given["file"]
    if request.form or len(request.files.getlist("file")) > 1:
        raise Problem(422, "validation", errors=[("/file", "field.unknown")])
    owner = f"{files.UPLOAD}{uuid7()}"
    # Outside the transaction that keeps the answer: a file is not copied while rows are locked.
    file_id, kind = actions.bring(file.stream, owner)   # type: ignore[arg-type]
    file.stream.seek(0)
    try:
        return _answer(owner, file_id, kind.media_type)
    finally:
        _remove(owner)


@idempotent
def _answer(owner: str, file_id: str, media_type: str) -> tuple[dict[str, Any], int]:
    """Only the first of two equal requests comes here and takes its file over; the other's goes again."""
    with transaction() as session:
        files.hand_over(session, file_id, f"{files.UPLOAD}{file_id}")
    return FileOut().dump({"file_id": file_id, "media_type": media_type, "url": f"{request.path}/{file_id}"}), 201


@blueprint.route("/<file_id>", methods=["GET"])
@needs("staff")
@blueprint.response(200, content_type="application/octet-stream")
def get(file_id: str) -> Response:
    """A picture or a document of one's branch. 404 otherwise."""
    if len(file_id) != 36:
        raise Problem(404, "not-found")
    with reader() as session:
        kept, path = actions.read(session, file_id)
    kind = KINDS[kept.media_type]
    answer = send_file(
        path, mimetype=kind.media_type, as_attachment=not kind.picture, download_name=f"{file_id}.{kind.ending}",
        conditional=False, etag=False,
    )  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _remove(owner: str) -> None:
    with transaction() as session:
        left = files.release_owned(session, owner)
    if left:
        files.bury()
