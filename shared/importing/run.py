"""An import as a job: the whole file is checked first, then it goes in by chunks, each with its place kept beside it.

Killed at any point, the job is taken up again: the file is checked anew (checking writes nothing) and the chunks go on
behind the last one that was committed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from shared import clock, files
from shared.db import reader, transaction
from shared.events import hold_back
from shared.events.tables import LogCounter
from shared.faults import fp
from shared.importing.findings import Findings, Ledger
from shared.importing.headings import Found
from shared.importing.importer import DIFFERENT, NEW, SAME, SKIP, Importer
from shared.importing.problems import FileFault, ImportFault, RowFaults, explain
from shared.importing.source import Damaged, Source, open_source
from shared.jobs import JobFailed, RunningJob

# A row makes at most two events (itself, and somebody it names for the first time): a chunk stays within 200.
CHUNK = 100
SHOWN_DIFFERENT = 50
ERRORS_FILE_LIMIT = 64 << 20
_BEAT_EVERY = 200
_PATIENCE_SECONDS = 3.0
# Without a server nobody numbers events: nobody is held up either, and we look again after so many chunks.
_CHUNKS_WITHOUT_RELAY = 50
_HEAD = select(LogCounter.position).where(LogCounter.name == "head")


def run_import(job: RunningJob, importer: Importer, stop: threading.Event | None = None) -> dict[str, Any]:
    """Do the import that ``job.payload`` describes (see ``upload.plan_import``); returns the job's result.

    Raises JobFailed with the code of what is wrong with the file, or ``rows-invalid``: then nothing was imported.
    """
    with reader() as session:
        try:
            path = files.path_of(session, job.payload["file_id"])
        except files.NoSuchFile:
            raise JobFailed("file.gone") from None
    work = _Import(job, importer, path)
    try:
        return work.run()
    except FileFault as fault:
        # An explanation needs no value of the file, only where to look.
        shown = {"row": fault.row, "column": None, "code": fault.code, "detail": explain(fault)}
        raise JobFailed(fault.code, params=fault.params, errors=[shown], error_count=1) from None
    finally:
        work.close()


class _Import:
    def __init__(self, job: RunningJob, importer: Importer, path: Path) -> None:
        self.job, self.importer, self.path = job, importer, path
        self.options: dict[str, Any] = job.payload["options"]
        self.skip = job.payload.get("on_error") == SKIP
        self.findings = Findings(importer.texts)
        self.ledger = Ledger()
        self.rows = self.good = self.last = 0
        self.done = {NEW: 0, SAME: 0, DIFFERENT: 0, "different_rows": [], "after": 0, **job.payload.get("done", {})}
        self._without_relay = 0

    def close(self) -> None:
        self.findings.close()
        self.ledger.close()

    def run(self) -> dict[str, Any]:
        source = open_source(self.path, lambda heading: self.importer.layout.guess(heading) is not None)
        found, rows = self._headings(source)
        self._check(source, found, rows)
        self.about = {"file": source.about, "mapping": found.mapping}
        wrong = self.findings.count > 0
        errors_file = self._keep_errors() if wrong else None
        if wrong and not self.skip:
            raise JobFailed(
                "rows-invalid",
                result=self._result("checked", errors_file, errors=False),
                params={"rows": self.rows - self.good},
                errors=self.findings.shown,
                error_count=self.findings.count,
            )
        _, rows = self._headings(source)
        if self.job.payload.get("dry_run"):
            self._compare_only(self._records(found, rows))
            return self._result("checked", errors_file)
        self._write(self._records(found, rows), errors_file)
        return self._result("done", errors_file)

    def _headings(self, source: Source) -> tuple[Found, Iterator[tuple[int, Any]]]:
        rows = source.rows()
        number, first = next(rows, (0, None))
        if first is None:
            raise FileFault("file.empty")
        if isinstance(first, Damaged):
            raise FileFault("file.encoding" if first.code == "row.encoding" else "file.quote", row=number)
        headings = ["" if cell is None else str(cell) for cell in first]
        return self.importer.layout.find(headings, self.job.payload.get("mapping") or {}), rows

    def _check(self, source: Source, found: Found, rows: Iterator[tuple[int, Any]]) -> None:
        """First pass: every row is read and checked, nothing is written."""
        for number, cells in rows:
            self.rows += 1
            self.last = number
            _, faults = self._record(found, number, cells)
            if faults:
                self.ledger.mark_wrong(number)
                for field, fault in faults:
                    self.findings.add(number, found.heading_of(field), fault)
            else:
                self.good += 1
            if self.rows % _BEAT_EVERY == 0:
                self.job.beat(progress=number, total=source.lines, result={"phase": "checking"})
        if not self.rows:
            raise FileFault("file.no_rows")

    def _record(
        self, found: Found, number: int, cells: Any, *, again: bool = False
    ) -> tuple[Any, list[tuple[str | None, ImportFault]]]:
        if isinstance(cells, Damaged):
            return None, [(None, ImportFault(cells.code))]
        values, faults = found.read(cells)
        key = values.get(self.importer.key)
        if key is not None and not again:
            first = self.ledger.first_row_of(str(key), number)
            if first is not None:
                faults.append((self.importer.key, ImportFault("row.twice", first=first)))
        if faults:
            return None, faults
        try:
            return self.importer.check(values, self.options), []
        except RowFaults as wrong:
            return None, list(wrong.faults)

    def _records(self, found: Found, rows: Iterator[tuple[int, Any]]) -> Iterator[list[tuple[int, Any]]]:
        """Second pass: the good rows behind the last committed chunk, by chunks, each with its row's number."""
        chunk: list[tuple[int, Any]] = []
        for number, cells in rows:
            if number <= self.done["after"] or self.ledger.is_wrong(number):
                continue
            record, faults = self._record(found, number, cells, again=True)
            if faults:
                raise RuntimeError("a row that was right in the first pass is wrong in the second")
            chunk.append((number, record))
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def _write(self, chunks: Iterable[list[tuple[int, Any]]], errors_file: str | None) -> None:
        for chunk in chunks:
            self._let_others_go_first()
            self.job.beat()
            records = [record for _, record in chunk]
            with transaction() as session:
                states = self.importer.compare(session, records, self.options)
                new = [record for record, state in zip(records, states, strict=True) if state == NEW]
                if new:
                    self.importer.add(session, new, self.options)
                self._count(chunk, states)
                self.done["after"] = chunk[-1][0]
                fp("importing.before_checkpoint")
                self.job.checkpoint(
                    session, progress=chunk[-1][0], total=self.last, payload={**self.job.payload, "done": self.done},
                    result=self._result("importing", errors_file, errors=False),
                )  # fmt: skip
            fp("importing.after_chunk")

    def _compare_only(self, chunks: Iterable[list[tuple[int, Any]]]) -> None:
        for chunk in chunks:
            self.job.beat(progress=chunk[-1][0], total=self.last)
            with reader() as session:
                self._count(chunk, self.importer.compare(session, [record for _, record in chunk], self.options))

    def _count(self, chunk: list[tuple[int, Any]], states: Iterable[str]) -> None:
        # A new dict each time: what a rolled back chunk counted must not stay.
        done = {**self.done, "different_rows": list(self.done["different_rows"])}
        for (number, _), state in zip(chunk, states, strict=True):
            done[state] += 1
            if state == DIFFERENT and len(done["different_rows"]) < SHOWN_DIFFERENT:
                done["different_rows"].append(number)
        self.done = done

    def _let_others_go_first(self) -> None:
        if self._without_relay:
            self._without_relay -= 1
            return
        while not self._kept_up():
            before = self._head()
            if not self._kept_up() and self._head() == before:
                self._without_relay = _CHUNKS_WITHOUT_RELAY
                return
            self.job.beat()

    def _kept_up(self) -> bool:
        began = clock.monotonic()
        hold_back(self.job.stop, patience=_PATIENCE_SECONDS)
        return clock.monotonic() - began < _PATIENCE_SECONDS

    @staticmethod
    def _head() -> int:
        with reader() as session:
            return session.execute(_HEAD).scalar() or 0

    def _keep_errors(self) -> str | None:
        try:
            return files.store(
                self.findings.file(), owner=f"job/{self.job.id}", media_type="text/csv", limit=ERRORS_FILE_LIMIT,
                branch=self.job.branch,
            )  # fmt: skip
        except files.FileTooLarge:
            return None

    def _result(self, phase: str, errors_file: str | None, *, errors: bool = True) -> dict[str, Any]:
        dry = bool(self.job.payload.get("dry_run"))
        result = {
            "phase": phase, "dry_run": dry, "rows": self.rows, "wrong_rows": self.rows - self.good,
            "added": self.done[NEW], "unchanged": self.done[SAME], "different": self.done[DIFFERENT],
            "different_rows": self.done["different_rows"], **self.about,
        }  # fmt: skip
        if self.findings.count and errors:
            result |= {"errors": self.findings.shown, "error_count": self.findings.count}
        if errors_file:
            result["file_id"] = errors_file
        return result
