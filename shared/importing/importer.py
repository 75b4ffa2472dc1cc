"""What a capability says of its import; the mechanism does the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from shared.importing.headings import Layout

NEW, SAME, DIFFERENT = "new", "same", "different"
STOP, SKIP = "stop", "skip"


@dataclass(frozen=True)
class Importer:
    """One kind of list that people bring.

    ``layout``: its columns. ``key``: the field that names a row; it makes a second run harmless.
    ``check(values, options)``: a record from the values of a row by field, or RowFaults.
    ``compare(session, records, options)``: for each record NEW, SAME or DIFFERENT from what is there already.
    ``add(session, records, options)``: write the new ones, with their events, in the open transaction.
    ``texts``: fault codes of its own, as ``problems.TEXTS``.
    ``options`` is what was asked for: the branch, the zone and whatever the capability's door put in.
    """

    layout: Layout
    key: str
    check: Callable[[dict[str, Any], Mapping[str, Any]], Any]
    compare: Callable[[Session, Sequence[Any], Mapping[str, Any]], Sequence[str]]
    add: Callable[[Session, Sequence[Any], Mapping[str, Any]], None]
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
