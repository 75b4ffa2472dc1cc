"""Imports as jobs: checked whole, written by chunks, gone on with after a death, flat in memory."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from shared import files, jobs
from shared.db import database_now
from shared.events.numbering import ensure_log
from shared.faults import armed
from shared.ids import uuid7
from shared.importing import DIFFERENT, NEW, SAME, CellFault, Column, Importer, Layout, RowFaults, cells
from shared.importing.run import CHUNK, run_import
from shared.importing.upload import keep, plan_import
from tests.shared.jobs.test_running import Killed, kill
from tests.shared.jobs.toy import BRANCH, Effect, Toy

LAYOUT = Layout((
    Column("name", cells.text(40), ("Name", "名称")),
    Column("step", cells.whole(0, 9), ("Step", "步骤")),
    Column("note", cells.text(40), ("Note",), needed=False, empty=True, neutral=True),
))  # fmt: skip


def check(values: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    if values["name"] == "forbidden":
        raise RowFaults(("name", CellFault("toy.forbidden")), (None, CellFault("toy.forbidden")))
    return values


def compare(session: Session, records: Sequence[Any], options: Mapping[str, Any]) -> list[str]:
    names = [record["name"] for record in records]
    there = {row.subject: row for row in session.execute(select(Effect).where(Effect.subject.in_(names))).scalars()}
    known = [there.get(record["name"]) for record in records]
    return [
        NEW if row is None else SAME if row.step == record["step"] else DIFFERENT
        for row, record in zip(known, records, strict=True)
    ]


def add(session: Session, records: Sequence[Any], options: Mapping[str, Any]) -> None:
    assert options == {"branch": BRANCH, "colour": "red"}
    rows = [{"id": uuid7(), "branch_id": BRANCH, "subject": r["name"], "step": r["step"]} for r in records]
    session.execute(insert(Effect), rows)


IMPORTER = Importer(LAYOUT, "name", check, compare, add, {"toy.forbidden": ("不许", "Not allowed")})


@pytest.fixture
def importing(toy: Toy) -> Toy:
    """The toy with its kind of import, and a log whose relay has nothing to do."""
    toy.jobs.kind("toy.import", lease_seconds=30)(lambda job: run_import(job, IMPORTER))
    with toy.writing(None) as session:
        ensure_log(session.connection())
    return toy


def send(toy: Toy, content: str | bytes, **how: Any) -> str:
    raw = content.encode() if isinstance(content, str) else content
    with toy.app.app_context():
        file = keep(io.BytesIO(raw), f"{files.UPLOAD}1", limit=1 << 26)
    with toy.writing() as session:
        return plan_import(session, "toy.import", file, BRANCH, {"colour": "red"}, **{"mapping": {}, **how})


def work(toy: Toy, later: float = 0.0) -> int:
    with toy.reading() as session:
        now = database_now(session) + timedelta(seconds=later + 1)
    with toy.app.app_context():
        return jobs.run_due(now=now)


def row(toy: Toy, job: str) -> jobs.Job:
    with toy.reading() as session:
        return jobs.get(session, job)


def rows(count: int, start: int = 0) -> Iterable[str]:
    return (f"n{number},{number % 10}" for number in range(start, start + count))


def listing(count: int) -> str:
    return "\n".join(["Name,Step", *rows(count)])


def test_every_death_between_two_chunks_costs_nothing_and_doubles_nothing(importing: Toy) -> None:
    job = send(importing, listing(CHUNK * 3 + 5))
    later = 0.0
    for point in ("importing.before_checkpoint", "importing.after_chunk", "importing.after_chunk"):
        with armed(point, kill), pytest.raises(Killed):
            work(importing, later)
        later += 31
    assert len(importing.effects()) == CHUNK * 2
    work(importing, later)
    found = row(importing, job)
    assert (found.state, found.result["added"], found.result["unchanged"]) == ("done", CHUNK * 3 + 5, 0)
    assert importing.effects() == {f"n{number}": 1 for number in range(CHUNK * 3 + 5)}


def test_progress_is_seen_while_it_runs_and_a_cancelled_import_stops(importing: Toy) -> None:
    job = send(importing, listing(CHUNK * 3))
    seen: list[Any] = []

    def look() -> None:
        found = row(importing, job)
        seen.append((found.result["phase"], found.progress, found.total))
        if len(seen) == 2:
            with importing.writing() as session:
                assert jobs.cancel(session, "toy.import", found.subject)

    with armed("importing.after_chunk", look):
        work(importing)
    assert seen == [("importing", CHUNK + 1, CHUNK * 3 + 1), ("importing", CHUNK * 2 + 1, CHUNK * 3 + 1)]
    assert row(importing, job).state == "cancelled"
    assert len(importing.effects()) == CHUNK * 2


def test_faults_of_a_capability_are_told_in_its_words(importing: Toy) -> None:
    job = send(importing, "Name,Step,Note\nforbidden,1,=see\nn1,2,\n")
    work(importing)
    error = row(importing, job).error
    assert (error["code"], error["error_count"]) == ("rows-invalid", 2)
    assert error["errors"][0] == {
        "row": 2, "column": "Name", "code": "toy.forbidden", "detail": {"zh": "不许", "en": "Not allowed"},
    }  # fmt: skip
    assert importing.effects() == {}


def test_a_hundred_faults_are_shown_and_all_of_them_kept_as_a_file(importing: Toy) -> None:
    job = send(importing, "\n".join(["Name,Step", *(f"n{number},x" for number in range(500))]))
    work(importing)
    found = row(importing, job)
    assert (len(found.error["errors"]), found.error["error_count"]) == (100, 500)
    with importing.reading() as session:
        assert len(files.path_of(session, found.result["file_id"]).read_text("utf-8-sig").splitlines()) == 501


def test_the_list_and_its_faults_go_with_the_job(importing: Toy) -> None:
    send(importing, "Name,Step\nn1,x\n")
    work(importing)
    folder = importing.runtime.environment.data_dir / "files"
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 2
    with importing.reading() as session:
        later = database_now(session) + timedelta(days=40)
    with importing.app.app_context():
        assert jobs.sweep(later) == 1
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_list_whose_file_is_gone_says_so(importing: Toy) -> None:
    job = send(importing, listing(3))
    with importing.writing() as session:
        files.release_owned(session, f"job/{job}")
    work(importing)
    assert row(importing, job).error["code"] == "file.gone"


def test_an_empty_column_without_a_heading_is_allowed_a_filled_one_is_not(importing: Toy) -> None:
    good = send(importing, "Name,Step,\nn1,2,\n")
    bad = send(importing, "Name,Step,\nn2,2,x\n")
    work(importing)
    assert row(importing, good).state == "done"
    assert row(importing, bad).error["errors"][0]["code"] == "row.too_long"


def test_the_relay_is_given_time_between_chunks(importing: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    held = []
    monkeypatch.setattr("shared.importing.run.hold_back", lambda stop, patience: held.append(patience))
    send(importing, listing(CHUNK * 4))
    work(importing)
    assert len(held) == 4


def peak(toy: Toy, count: int) -> int:
    """The most memory that Python held while a list of ``count`` rows was checked and written, in bytes."""
    job = send(toy, listing(count))
    tracemalloc.start()
    work(toy)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert row(toy, job).result["rows"] == count
    return most


def test_memory_does_not_grow_with_the_list(importing: Toy) -> None:
    small = peak(importing, 500)
    assert peak(importing, 4_000) < small * 1.3 + 500_000


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_hundred_thousand_rows_take_no_more_memory_than_a_thousand(importing: Toy) -> None:
    small = peak(importing, 1_000)
    assert peak(importing, 100_000) < small * 1.3 + 1_000_000
