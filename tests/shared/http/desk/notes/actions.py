from __future__ import annotations

from shared.access import action
from shared.db import transaction
from shared.faults import fp
from shared.http.problems import Problem
from shared.ids import uuid7
from tests.shared.http.desk.notes.model import Note


@action("notes.write")
def write(text: str) -> dict[str, object]:
    fp("note.before")
    with transaction() as session:
        note = Note(id=uuid7(), text=text, version=1)
        session.add(note)
        session.flush()
        fp("note.written")
        return {"note_id": note.id, "text": note.text}


@action("notes.read")
def read(note_id: str) -> Note:
    with transaction() as session:
        note = session.get(Note, note_id)
        if note is None:
            raise Problem(404, "not-found")
        return note
