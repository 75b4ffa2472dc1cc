"""What stands in the menu: each service names its pages, whoever is signed in sees those that his roles open.

The frame of every service shows the pages of all: names and addresses are wiring, no service is asked for them.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from shared.service import SERVICES, load, names


@dataclass(frozen=True, slots=True)
class Page:
    """A line of the menu. ``permission``: one of the page's own service; ``group``: the heading it stands under."""

    path: str
    title: Mapping[str, str]
    icon: str
    permission: str
    group: Mapping[str, str]


def menu(roles: Iterable[str]) -> list[tuple[Mapping[str, str], list[Page]]]:
    """Headings with the pages that these roles open, in the order of the services; none without a page."""
    held = frozenset(roles)
    found: dict[str, tuple[Mapping[str, str], list[Page]]] = {}
    for service, page in _all():
        if held & load(service).permissions.get(page.permission, frozenset()):
            found.setdefault(page.group["en"], (page.group, []))[1].append(page)
    return list(found.values())


@cache
def _all() -> tuple[tuple[str, Page], ...]:
    found = []
    for name in names():
        room = f"{SERVICES}.{name}.navigation"
        if importlib.util.find_spec(room):
            wired: Any = importlib.import_module(room)
            found += [(name, page) for page in wired.PAGES]
    return tuple(found)
