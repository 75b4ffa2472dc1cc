"""A file as rows: what kind it is, found out from its bytes, never from its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from shared.importing.problems import FileFault

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Damaged:
    """Stands for a row that could not be read; ``code`` says why."""

    def __init__(self, code: str) -> None:
        self.code = code


class Source(Protocol):
    """A file that can be read as rows, again and again, in flat memory."""

    about: dict[str, Any]
    """What was found out: kind, encoding, delimiter, sheet."""
    lines: int | None
    """About how many rows there are, for a progress bar."""

    def rows(self) -> Iterator[tuple[int, list[Any] | Damaged]]:
        """Each row with its number as a spreadsheet shows it (1 is the first); empty rows are left out."""
        ...


def open_source(path: Path, recognise: Any = None) -> Source:
    """Look into the file and choose how to read it. Raises FileFault.

    ``recognise(heading) -> bool`` helps to tell delimiters apart.
    """
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise FileFault("file.empty")
    if start.startswith(_ZIP):
        # Late: whoever only ever reads CSV need not load a reader of workbooks.
        from shared.importing.xlsx_source import XlsxSource

        return XlsxSource(path)
    if start.startswith(_OLD_OFFICE):
        raise FileFault("file.xls")
    if start.startswith(_UTF16):
        raise FileFault("file.utf16")
    from shared.importing.csv_source import CsvSource

    return CsvSource(path, recognise or (lambda heading: False))
