"""What was found wrong, row by row: the first hundred to show, all of them as a file, and the rows to leave out."""

from __future__ import annotations

import csv
import io
import sqlite3
import tempfile
from typing import Any, BinaryIO

from shared.importing.problems import ImportFault, explain

SHOWN = 100
_RUN = tuple("=+-@＝＋－＠")


class Findings:
    """The faults of one file. Memory does not grow with them."""

    def __init__(self, texts: dict[str, tuple[str, str]]) -> None:
        self.shown: list[dict[str, Any]] = []
        self.count = 0
        self._texts = texts
        self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - closed in close()
        self._text = io.TextIOWrapper(self._file, encoding="utf-8-sig", newline="", write_through=False)
        self._csv = csv.writer(self._text)
        self._csv.writerow(["row", "column", "code", "说明", "detail"])

    def add(self, row: int | None, column: str | None, fault: ImportFault) -> None:
        """Note one fault. ``column`` is what the file calls it."""
        detail = explain(fault, self._texts)
        self.count += 1
        if len(self.shown) < SHOWN:
            self.shown.append({"row": row, "column": column, "code": fault.code, "detail": detail})
        self._csv.writerow([row, as_text(column or ""), fault.code, as_text(detail["zh"]), as_text(detail["en"])])

    def file(self) -> BinaryIO:
        """All of them as CSV, read from the start."""
        self._text.flush()
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Free the temporary file."""
        self._text.close()


def as_text(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula (CWE-1236)."""
    return f"'{cell}" if cell and (cell.lstrip()[:1] in _RUN or cell[0] in "\t\r\n") else cell


class Ledger:
    """Which ids were seen in which row, and which rows are wrong: exact, and kept on the disk instead of in memory."""

    def __init__(self) -> None:
        # A nameless database is a temporary file that goes with its connection; only its page cache is in memory.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-1024; BEGIN;"
            "CREATE TABLE seen (id TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID;"
            "CREATE TABLE wrong (line INTEGER PRIMARY KEY);"
        )

    def first_row_of(self, identity: str, row: int) -> int | None:
        """None when this is the first row with that id, else the first one's number."""
        added = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (identity, row))
        if added.rowcount:
            return None
        return self._database.execute("SELECT line FROM seen WHERE id = ?", (identity,)).fetchone()[0]

    def mark_wrong(self, row: int) -> None:
        """Leave this row out."""
        self._database.execute("INSERT OR IGNORE INTO wrong VALUES (?)", (row,))

    def is_wrong(self, row: int) -> bool:
        """Whether this row is left out."""
        return self._database.execute("SELECT 1 FROM wrong WHERE line = ?", (row,)).fetchone() is not None

    def close(self) -> None:
        """Forget everything."""
        self._database.close()
