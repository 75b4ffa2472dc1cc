"""Which column is which: headings in Chinese or English, guessed by a list of names, or said by the mapping."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.importing.cells import Read, prepare
from shared.importing.problems import CellFault, FileFault, ImportFault

_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Column:
    """One field of a row. ``names``: its headings; ``needed``: the file must have it; ``empty``: its cells may be."""

    field: str
    read: Read
    names: tuple[str, ...]
    needed: bool = True
    empty: bool = False
    # Text that begins like a formula is kept as text (a note), instead of being refused (an id, a name).
    neutral: bool = False


@dataclass(frozen=True)
class Layout:
    """The columns that a file may have. ``one_of``: groups of fields, of which one must be there whole."""

    columns: tuple[Column, ...]
    one_of: tuple[frozenset[str], ...] = ()
    _by_name: dict[str, Column] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for column in self.columns:
            for name in (column.field, *column.names):
                other = self._by_name.setdefault(normal(name), column)
                if other is not column:
                    raise ValueError(f"heading {name!r} means both {other.field} and {column.field}")

    @property
    def fields(self) -> frozenset[str]:
        """The names that a mapping may use."""
        return frozenset(column.field for column in self.columns)

    def guess(self, heading: str) -> Column | None:
        """The column that a heading names, or None."""
        return self._by_name.get(normal(heading))

    def find(self, headings: Sequence[str], mapping: Mapping[str, str | None]) -> Found:
        """Match a file's headings; FileFault names what is wrong.

        ``mapping``: heading → field, or None to leave a column out.
        """
        said = {normal(heading): target for heading, target in mapping.items()}
        there = {normal(heading) for heading in headings}
        self._refuse("heading.not_found", [heading for heading in mapping if normal(heading) not in there])
        by_field = {column.field: column for column in self.columns}
        found: dict[int, Column] = {}
        unknown: list[str] = []
        for place, heading in enumerate(headings):
            name = normal(heading)
            if not name and not heading.strip():
                continue  # an empty heading: cells below it must be empty too (row.too_long)
            if name in said:
                target = said[name]
                if target is not None:
                    found[place] = by_field[target]
            elif (column := self.guess(heading)) is not None:
                found[place] = column
            else:
                unknown.append(heading)
        self._refuse("heading.unknown", unknown)
        fields = [column.field for column in found.values()]
        self._refuse(
            "heading.twice", [headings[place] for place, column in found.items() if fields.count(column.field) > 1]
        )
        missing = [column.field for column in self.columns if column.needed and column.field not in fields]
        if self.one_of and not any(group <= set(fields) for group in self.one_of):
            missing += [" + ".join(sorted(group)) for group in self.one_of[:1]]
        self._refuse("heading.missing", missing)
        ignored = frozenset(place for place, heading in enumerate(headings) if place not in found and heading.strip())
        return Found(tuple(headings), found, ignored)

    @staticmethod
    def _refuse(code: str, names: list[str]) -> None:
        if names:
            raise FileFault(code, names=", ".join(f"“{name[:60]}”" for name in names[:20]))


@dataclass(frozen=True)
class Found:
    """The columns of one file, by their place."""

    headings: tuple[str, ...]
    columns: dict[int, Column]
    ignored: frozenset[int]

    def heading_of(self, field: str | None) -> str | None:
        """What the file calls a field."""
        for place, column in self.columns.items():
            if column.field == field:
                return self.headings[place]
        return None

    @property
    def mapping(self) -> dict[str, str]:
        """Heading → field, as it was understood."""
        return {self.headings[place]: column.field for place, column in self.columns.items()}

    def read(self, cells: Sequence[Any]) -> tuple[dict[str, Any], list[tuple[str | None, ImportFault]]]:
        """The values of a row by field (None where empty), and what is wrong with it."""
        values: dict[str, Any] = {}
        faults: list[tuple[str | None, ImportFault]] = []
        for place, column in self.columns.items():
            try:
                raw = prepare(cells[place] if place < len(cells) else None, neutral=column.neutral)
                if raw is None:
                    if not column.empty:
                        raise CellFault("cell.required")
                    values[column.field] = None
                else:
                    values[column.field] = column.read(raw)
            except CellFault as fault:
                faults.append((column.field, fault))
        if len(cells) > len(self.columns):
            for place, raw in enumerate(cells):
                if place in self.columns or place in self.ignored or raw is None or raw == "":
                    continue
                faults.append((None, CellFault("row.too_long")))
                break
        return values, faults


def normal(heading: str) -> str:
    """A heading without what people vary: width, case, spaces and punctuation."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", heading).casefold())
