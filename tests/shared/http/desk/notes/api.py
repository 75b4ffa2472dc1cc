from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import validates
from sqlalchemy import select

from shared.access import needs
from shared.access.guards import needs_any
from shared.db import reader, transaction
from shared.http import (
    Blueprint,
    Choice,
    FieldFault,
    Flag,
    Identity,
    InputSchema,
    Instant,
    Limit,
    OutputSchema,
    Problem,
    QuerySchema,
    Text,
    Whole,
    accepts,
    concerns,
    decode_cursor,
    encode_cursor,
    etag,
    idempotent,
    require_version,
)
from shared.http.fields import Code, Day
from tests.shared.http.desk.notes import actions
from tests.shared.http.desk.notes.model import Note

blueprint = Blueprint("notes", __name__, url_prefix="/api/v1/notes")


class NoteIn(InputSchema):
    text = Text(64, required=True)
    at = Instant()
    sent_at = Instant()
    count = Whole(1, 99)
    mood = Choice(("calm", "merry"), allow_none=True)
    urgent = Flag()
    about = Identity()
    branch_code = Code()
    day = Day()

    @validates("text")
    def quietly(self, value: str, **unused: Any) -> None:
        if value.isupper():
            raise FieldFault("note.shouting")


class NoteChange(InputSchema):
    text = Text(64, required=True)


class NoteOut(OutputSchema):
    note_id = Identity()
    text = Text(64)


class Listing(QuerySchema):
    limit = Limit()
    cursor = Text(400, load_default=None)


@blueprint.post("")
@needs("kiosk", scope="notes")
@blueprint.arguments(NoteIn, example={"text": "good morning"})
@idempotent(ignore=("sent_at",))
@blueprint.response(201, NoteOut)
def write(payload: dict[str, Any]) -> Any:
    if payload.get("about"):
        concerns(f"customer/{payload['about']}")
    return actions.write(payload["text"])


@blueprint.post("/staff")
@needs("staff")
@blueprint.arguments(NoteIn, example={"text": "good morning"})
@idempotent
@blueprint.response(201, NoteOut)
def write_as_staff(payload: dict[str, Any]) -> Any:
    return actions.write(payload["text"])


@blueprint.get("")
@needs_any(("staff", None), ("hq", "notes"))
@blueprint.arguments(Listing, location="query")
@blueprint.response(200)
def listed(query: dict[str, Any]) -> Any:
    after = decode_cursor(query["cursor"], str)
    with reader() as session:
        wanted = select(Note).order_by(Note.id).limit(query["limit"])
        if after:
            wanted = wanted.where(Note.id > after[0])
        notes = list(session.scalars(wanted))
        last = encode_cursor(notes[-1].id) if notes else None
        return {"notes": [n.text for n in notes], "limit": query["limit"], "next": last}


@blueprint.get("/<note_id>")
@needs("staff")
@blueprint.response(200)
def one(note_id: str) -> Any:
    note = actions.read(note_id)
    return {"text": note.text}, 200, {"ETag": etag(note.version)}


@blueprint.patch("/<note_id>")
@needs("staff")
@blueprint.arguments(NoteChange, example={"text": "good evening"})
@blueprint.response(200)
def change(payload: dict[str, Any], note_id: str) -> Any:
    with transaction() as session:
        note = session.get(Note, note_id)
        if note is None:
            raise Problem(404, "not-found")
        require_version(note.version)
        note.text, note.version = payload["text"], note.version + 1
        return {"text": note.text}, 200, {"ETag": etag(note.version)}


@blueprint.post("/files")
@needs("kiosk", scope="notes")
@accepts("multipart/form-data", max_bytes=200_000)
@idempotent
def upload() -> Response:
    file = request.files["file"]
    return Response(str(len(file.read())), status=202, headers={"Location": "/desk/api/v1/jobs/1"})


@blueprint.post("/<note_id>/shred")
@needs("staff")
@blueprint.response(204)
def shred(note_id: str) -> None:
    actions.read(note_id)


@blueprint.get("/closed")
def closed() -> Any:
    raise Problem(409, "desk-closed", detail_params={"until": "08:30"})


@blueprint.get("/broken")
def broken() -> Any:
    raise RuntimeError("13812345678 欧阳娜娜")


@blueprint.post("/secrets")
@needs("kiosk", scope="notes")
@idempotent(secret=True)
@blueprint.response(201)
def secret() -> Any:
    return {"key": "shown once"}
