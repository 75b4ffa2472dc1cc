"""Excel workbooks (.xlsx), read as a stream: the first visible sheet, formulas marked and never computed."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from shared.importing.cells import ERROR_VALUE, FORMULA
from shared.importing.problems import FileFault
from shared.importing.source import Damaged

_MEBIBYTE = 1 << 20
# Sheets are streamed; the table of shared texts is held in memory while a sheet is read.
_MOST_UNPACKED = 1024 * _MEBIBYTE
_MOST_IN_MEMORY = 64 * _MEBIBYTE
_MOST_COLUMNS = 200
# What a zip or a workbook made by hand can make its readers raise.
_UNREADABLE = (
    zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, IndexError, TypeError, OSError,
    EOFError, AttributeError, RuntimeError, NotImplementedError,
)  # fmt: skip


class XlsxSource:
    """One workbook. Only its first visible sheet is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        _refuse_bombs(path)
        with self._workbook() as book:
            sheet = _first_sheet(book)
            self.lines: int | None = sheet.max_row
            self.about: dict[str, Any] = {"kind": "xlsx", "sheet": sheet.title[:60]}

    def rows(self) -> Iterator[tuple[int, list[Any] | Damaged]]:
        """See Source.rows. Raises FileFault when the file turns out to be damaged."""
        with self._workbook() as book:
            sheet = _first_sheet(book)
            # Some programs write a wrong size into the sheet; what stands there counts.
            sheet.reset_dimensions()
            cells_of = sheet.iter_rows()
            number = 0
            while True:
                number += 1
                try:
                    cells = next(cells_of, None)
                except _UNREADABLE:
                    raise FileFault("file.damaged", row=number) from None
                if cells is None:
                    return
                row = [_raw(cell) for cell in cells[:_MOST_COLUMNS]]
                while row and (row[-1] is None or row[-1] == ""):
                    row.pop()
                if row:
                    yield number, row

    @contextmanager
    def _workbook(self) -> Iterator[Any]:
        # Opened by us: by a path, openpyxl would want to see its ending, and kept files have none.
        with self.path.open("rb") as file:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # about styles and extensions, which are not read
                    book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
            except _UNREADABLE:
                raise FileFault("file.damaged") from None
            try:
                yield book
            finally:
                book.close()


def _first_sheet(book: Any) -> Any:
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            return sheet
    raise FileFault("file.empty")


def _raw(cell: Any) -> Any:
    kind = getattr(cell, "data_type", "n")
    if kind == "f":
        return FORMULA
    if kind == "e":
        return ERROR_VALUE
    return cell.value


def _refuse_bombs(path: Path) -> None:
    """A zip says how large its parts are, and the reader stops there: small files that unpack to gigabytes end here."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise FileFault("file.kind")
            held = sum(part.file_size for part in parts if not part.filename.startswith("xl/worksheets/"))
            if sum(part.file_size for part in parts) > _MOST_UNPACKED or held > _MOST_IN_MEMORY:
                raise FileFault("file.too_much")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as opened:
                        # No workbook declares entities; one that does wants them expanded.
                        if b"<!DOCTYPE" in opened.read(4096):
                            raise FileFault("file.damaged")
    except FileFault:
        raise
    except _UNREADABLE:
        raise FileFault("file.damaged") from None
