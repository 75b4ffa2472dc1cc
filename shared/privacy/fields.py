"""Fields of what goes out about people: who has not the right sees them masked.

Each says for what purpose it is kept and for how long; both stand in the OpenAPI document, and a rule of the house sees
to it that none is without.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import marshmallow as ma

from shared.access.actor import current_actor

Mask = Callable[[str], str]


def first_letter(text: str) -> str:
    """``欧**``: enough to call somebody up, too little to find them."""
    return f"{text[:1]}**"


def hidden(text: str) -> str:
    """Nothing of it, not even how long it is."""
    return "***"


def tags(purpose: str, retention: str, **more: Any) -> dict[str, Any]:
    """What the document says of a field about people; ``retention`` is an ISO 8601 duration (``P24M``)."""
    return {"x-purpose": purpose, "x-retention": retention, **more}


class Private(ma.fields.String):
    """A text about a person: ``mask`` of it unless who asks has ``right`` (S13).

    ``purpose``: what it is kept for. ``retention``: how long after the last dealing with the person, as ISO 8601.
    """

    def __init__(self, mask: Mask, *, right: str, purpose: str, retention: str = "P24M", **options: Any) -> None:
        metadata = {**tags(purpose, retention), "x-right": right, **options.pop("metadata", {})}
        super().__init__(metadata=metadata, **options)
        self.mask, self.right = mask, right

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        found = super()._serialize(value, attr, obj, **options)
        actor = current_actor()
        if not found or self.right in actor.permissions or actor.kind == "system":
            return found
        return self.mask(found)


class Revealed(ma.fields.String):
    """The same shown whole, in the answer of a ``…/reveal`` and nowhere else: there, who asked is on record."""

    def __init__(self, *, purpose: str, retention: str = "P24M", **options: Any) -> None:
        super().__init__(metadata={**tags(purpose, retention), **options.pop("metadata", {})}, **options)
