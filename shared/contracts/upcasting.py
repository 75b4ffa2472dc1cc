"""Old versions of events read as the newest: pure functions from dict to dict, one step each.

A breaking change sends v2 beside v1 for one release; the log keeps its v1 rows for ever. A consumer that only knows v2
asks ``upcast``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Step = Callable[[dict[str, Any]], dict[str, Any]]


class Upcasters:
    """The steps from one version to the next. Filled while modules load, read only afterwards."""

    def __init__(self) -> None:
        self._steps: dict[str, tuple[str, Step]] = {}

    def step(self, old: str, new: str) -> Callable[[Step], Step]:
        """Register the function that turns data of type ``old`` into data of ``new``, its next version."""
        (old_name, old_version), (new_name, new_version) = _split(old), _split(new)
        if old_name != new_name or new_version != old_version + 1:
            raise ValueError(f"{old} → {new}: a step leads to the next version of the same type")
        if old in self._steps:
            raise ValueError(f"{old} has a step already")

        def register(function: Step) -> Step:
            self._steps[old] = (new, function)
            return function

        return register

    def upcast(self, type: str, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """``(type, data)`` in the newest version there are steps to. The data given is not changed."""
        while type in self._steps:
            type, function = self._steps[type]
            data = function(dict(data))
        return type, data


def _split(type: str) -> tuple[str, int]:
    name, _, version = type.rpartition(".v")
    return name, int(version)


upcasters = Upcasters()
upcast = upcasters.upcast
