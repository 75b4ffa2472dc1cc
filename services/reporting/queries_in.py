"""Query parameters as headquarters' tools write them: a parameter with nothing after the ``=`` is one left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from shared.http import QuerySchema, Whole


class LenientQuery(QuerySchema):
    """``?branch=&wait=0`` asks for every branch."""

    empty_is_left_out = True

    @ma.pre_load
    def leave_out_the_empty(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """Drop parameters without a value, before anything is checked."""
        return {name: value for name, value in data.items() if value != ""}


class Capped(Whole):
    """A whole number of a query; more than ``most`` is taken as ``most``."""

    def __init__(self, least: int, most: int, **options: Any) -> None:
        super().__init__(least, most, query=True, **options)
        # Nothing above it is refused, so the document names no maximum.
        self.metadata = {name: value for name, value in self.metadata.items() if name != "maximum"}

    def _bounded(self, value: int) -> int:
        return super()._bounded(min(value, self.most))
