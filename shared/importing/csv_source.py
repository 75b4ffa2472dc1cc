"""CSV: encoding and delimiter found out, read line by line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from shared.importing.problems import FileFault
from shared.importing.source import Damaged

_LONGEST_LINE = 1 << 20
_DELIMITERS = ",;\t"
_BOM = b"\xef\xbb\xbf"
# Rows of another encoding are their own fault while they are few; beyond this share the file's encoding is unknown.
_BAD_SHARE = 0.1
_SAMPLED_LINES = 2000


class CsvSource:
    """Text with a delimiter. ``recognise(heading)`` is True for headings that are known."""

    def __init__(self, path: Path, recognise: Callable[[str], bool]) -> None:
        self.path = path
        self.lines: int | None
        self.encoding, self.lines = _find_encoding(path)
        self.delimiter, self._skip = self._find_delimiter(recognise)
        self.about: dict[str, Any] = {"kind": "csv", "encoding": self.encoding, "delimiter": self.delimiter}

    def rows(self) -> Iterator[tuple[int, list[Any] | Damaged]]:
        """See Source.rows. Raises FileFault for a quote that never closes."""
        number = 0
        with self.path.open("rb") as file:
            # strict: a quote in the wrong place is an error of its row, not a guess.
            reader = csv.reader(self._text(file), delimiter=self.delimiter, strict=True)
            for _ in range(self._skip):
                next(reader, None)
                number += 1
            while True:
                number += 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    if "limit" in str(error) or "unexpected end" in str(error):
                        raise FileFault("file.quote", row=number) from None
                    yield number, Damaged("row.quote")
                    continue
                if not any(cells):
                    continue
                if any("\udc80" <= character <= "\udcff" for cell in cells for character in _odd(cell)):
                    yield number, Damaged("row.encoding")
                    continue
                yield number, cells

    def _text(self, file: BinaryIO) -> Iterator[str]:
        for line in _binary_lines(file):
            # Bytes that do not fit stay visible as surrogates, so that the row can be named.
            yield line.decode(self.encoding, "surrogateescape")

    def _find_delimiter(self, recognise: Callable[[str], bool]) -> tuple[str, int]:
        with self.path.open("rb") as file:
            lines = (line for line in self._text(file))
            first = next((line for line in lines if line.strip()), "")
        if first[:4].casefold() == "sep=" and len(first.strip()) == 5:
            return first[4], 1  # Excel's own remark
        best, best_score = ",", (-1, -1)
        for delimiter in _DELIMITERS:
            try:
                headings = next(csv.reader([first], delimiter=delimiter), [])
            except csv.Error:
                continue
            score = (sum(map(recognise, headings)), len(headings))
            if score > best_score:
                best, best_score = delimiter, score
        return best, 0


def _odd(cell: str) -> str:
    return "" if cell.isascii() else cell


def _binary_lines(file: BinaryIO) -> Iterator[bytes]:
    # A line feed is never part of a longer character, neither in UTF-8 nor in GB18030.
    first, number = True, 0
    while line := file.readline(_LONGEST_LINE + 1):
        number += 1
        if len(line) > _LONGEST_LINE:
            raise FileFault("file.line_too_long", row=number)
        if first:
            line, first = line.removeprefix(_BOM), False
        yield line


def _find_encoding(path: Path) -> tuple[str, int]:
    """UTF-8 (with or without a mark at its start) or GB18030, and the number of lines."""
    lines = good_utf8 = bad_utf8 = bad_gb = 0
    marked, first_bad = False, None
    common = odd = 0
    with path.open("rb") as file:
        marked = file.read(3) == _BOM
        file.seek(0)
        for line in _binary_lines(file):
            lines += 1
            if b"\0" in line:
                raise FileFault("file.binary" if not _looks_utf16(line) else "file.utf16", row=lines)
            if line.isascii():
                continue
            if _fits(line, "utf-8"):
                good_utf8 += 1
                continue
            bad_utf8 += 1
            first_bad = first_bad or lines
            if not _fits(line, "gb18030"):
                bad_gb += 1
            elif common + odd < _SAMPLED_LINES:
                usual, unusual = _common_share(line)
                common, odd = common + usual, odd + unusual
    if not lines:
        raise FileFault("file.empty")
    if marked or not bad_utf8 or good_utf8 > bad_utf8:
        if bad_utf8 > max(1, lines * _BAD_SHARE):
            raise FileFault("file.encoding", row=first_bad)
        return "utf-8", lines
    # GB18030 gives nearly any bytes a meaning: only text of mostly common characters is believed.
    if bad_gb <= lines * _BAD_SHARE and common > odd and bad_gb < bad_utf8:
        return "gb18030", lines
    if bad_utf8 <= max(1, lines * _BAD_SHARE):
        return "utf-8", lines
    raise FileFault("file.encoding", row=first_bad)


def _fits(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _common_share(line: bytes) -> tuple[int, int]:
    """How many of the characters are everyday Chinese (GB2312), and how many are not."""
    found = [character for character in line.decode("gb18030") if not character.isascii()]
    usual = sum(_is_everyday(character) for character in found)
    return usual, len(found) - usual


def _is_everyday(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _looks_utf16(line: bytes) -> bool:
    # Each second byte of commas and Latin letters is zero, and only there.
    even, odd = line[::2].count(0), line[1::2].count(0)
    return even + odd > 1 and 0 in (even, odd)
