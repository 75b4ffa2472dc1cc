"""The door of an import: a form with a file, kept before anything else happens, then a job to follow."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, BinaryIO, TypeVar, cast

import marshmallow as ma
from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from shared import clock, files, jobs
from shared.db import current_scope, transaction
from shared.http import Choice, Code, InputSchema, OutputSchema, Problem, Text
from shared.http.bodies import accepts
from shared.http.fields import FieldFault
from shared.ids import uuid7
from shared.importing.headings import Layout
from shared.importing.importer import SKIP, STOP

View = TypeVar("View", bound=Callable[..., Any])
FORM = "multipart/form-data"
MEDIA_TYPE = "application/octet-stream"
MEBIBYTE = 1 << 20
# The form around the file: names, boundaries, the mapping.
_FORM_BYTES = 64 << 10
_MOST_MAPPED = 100
_MOST_MAPPING = 8000


class Mapping(Text):
    """``{"heading": "field" | null}`` as JSON in a field of the form; which fields there are, the route says."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_MOST_MAPPING, lines=True, empty=True, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        if not text:
            return {}
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise FieldFault("mapping.json") from None
        texts = isinstance(found, dict) and all(isinstance(target, str | None) for target in found.values())
        if not texts or len(found) > _MOST_MAPPED:
            raise FieldFault("mapping.json")
        return found


class ZoneField(Text):
    """The name of a time zone, ``Asia/Shanghai``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(60, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        found = super()._deserialize(value, attr, data, **options)
        try:
            clock.zone(found)
        except ValueError:
            raise FieldFault("zone.unknown") from None
        return found


class FormFlag(Choice):
    """true or false in a form, also as 1 and 0, however they are set: programs write their own booleans there."""

    def __init__(self, **options: Any) -> None:
        super().__init__(("true", "false", "1", "0"), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        said = value.lower() if isinstance(value, str) else value
        return super()._deserialize(said, attr, data, **options) in ("true", "1")


class FileField(ma.fields.Raw):
    """The list itself, CSV or .xlsx. It comes as a file of the form and is kept by ``takes_file``, never as text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"type": "string", "format": "binary", "description": "CSV or .xlsx"}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        raise FieldFault("field.invalid")


class ImportForm(InputSchema):
    """A list and what must be known of it. ``zone``: of the times in it, by default the branch's."""

    file = FileField()
    branch = Code(40, required=True)
    zone = ZoneField(load_default=None)
    mapping = Mapping(load_default=dict)
    dry_run = FormFlag(load_default=False, metadata={"description": "Check everything, write nothing."})
    on_error = Choice((STOP, SKIP), load_default=STOP)


IMPORT_EXAMPLE = {"file": "…", "branch": "bj-chaoyang", "zone": "Asia/Shanghai", "dry_run": "true", "on_error": "skip"}


class Planned(OutputSchema):
    """Where to follow the job."""

    job_id = ma.fields.String(required=True)
    status_url = ma.fields.String(required=True)


def takes_file(limit: Callable[[], int], most: int) -> Callable[[View], View]:
    """Keep the uploaded ``file`` before the view runs, hand its id over as ``file_id``; 413 beyond ``limit()`` bytes.

    It stands above ``arguments``, because its limit must hold before the form is read, and outside ``idempotent``,
    because a file is not copied inside a transaction. What the view does not take over is removed again. ``most`` is
    the limit's ceiling.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def received(*args: Any, **options: Any) -> Any:
            allowed = limit()
            request.max_content_length = allowed + _FORM_BYTES
            if (request.content_length or 0) > allowed + _FORM_BYTES:
                raise Problem(413, "body-too-large", detail_params={"most": allowed}, headers={"Connection": "close"})
            file = _only_file()
            owner = f"{files.UPLOAD}{uuid7()}"
            try:
                file_id = keep(cast(BinaryIO, file.stream), owner, allowed)
                file.stream.seek(0)
                return view(*args, **options, file_id=file_id)
            except files.FileTooLarge:
                raise Problem(413, "body-too-large", detail_params={"most": allowed}) from None
            finally:
                _remove(owner)

        return cast(View, accepts(max_bytes=most + _FORM_BYTES)(received))

    return declare


def keep(stream: BinaryIO, owner: str, limit: int) -> str:
    """Keep a list provisionally; returns the file's id. Raises files.FileTooLarge."""
    branch = current_scope()
    return files.store(
        stream, owner=owner, media_type=MEDIA_TYPE, limit=limit, branch=branch if branch and branch != "*" else None
    )


def _only_file() -> FileStorage:
    found = request.files.getlist("file")
    if len(found) != 1 or len(request.files) != 1:
        code = "field.required" if not found else "field.repeated"
        raise Problem(422, "validation", errors=[("/file", code)])
    repeated = [name for name, values in request.form.lists() if len(values) > 1]
    if repeated:
        raise Problem(422, "validation", errors=[(f"/{name[:64]}", "field.repeated") for name in repeated])
    return found[0]


def _remove(owner: str) -> None:
    with transaction() as session:
        left = files.release_owned(session, owner)
    if left:
        files.bury()


def check_mapping(layout: Layout, mapping: dict[str, str | None]) -> None:
    """Problem 422 when a mapping names fields that the list does not have."""
    unknown = sorted({field for field in mapping.values() if field is not None and field not in layout.fields})
    if unknown:
        known = ", ".join(sorted(layout.fields))
        raise Problem(
            422, "validation", errors=[{"pointer": "/mapping", "code": "mapping.field", "params": {"known": known}}]
        )


def plan_import(
    session: Session, kind: str, file_id: str, branch: str, options: dict[str, Any], *, mapping: dict[str, str | None],
    dry_run: bool = False, on_error: str = STOP,
) -> str:  # fmt: skip
    """Plan the job that imports a kept file into ``branch``, in the caller's transaction; the file is the job's now.

    ``options`` is what the importer's functions get (JSON). Returns the job's id.
    """
    payload = {
        "file_id": file_id, "options": {"branch": branch, **options}, "mapping": mapping, "dry_run": dry_run,
        "on_error": on_error,
    }  # fmt: skip
    job_id = jobs.plan(session, kind, f"import/{file_id}", payload=payload, branch=branch)
    files.hand_over(session, file_id, f"job/{job_id}")
    return job_id


def follow(service: str, job_id: str) -> tuple[dict[str, str], dict[str, str]]:
    """The answer 202's body and headers."""
    url = f"/{service}/api/v1/jobs/{job_id}"
    return {"job_id": job_id, "status_url": url}, {"Location": url}

