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
    """A line of the menu. ``permission``: one of the page's own service; ``group``: the heading it stands under;
    ``home``: the roles whose day begins here.
    """

    path: str
    title: Mapping[str, str]
    icon: str
    permission: str
    group: Mapping[str, str]
    home: frozenset[str] = frozenset()


def menu(roles: Iterable[str]) -> list[tuple[Mapping[str, str], list[Page]]]:
    """Headings with the pages that these roles open, in the order of the services; none without a page."""
    held = frozenset(roles)
    found: dict[str, tuple[Mapping[str, str], list[Page]]] = {}
    for service, page in _all():
        if opens(held, service, page.permission):
            found.setdefault(page.group["en"], (page.group, []))[1].append(page)
    # What one looks at rarely stands below what one works with.
    return sorted(found.values(), key=lambda each: each[0]["en"] == "System")


def first_page(roles: Iterable[str]) -> str | None:
    """The page of these roles' day: one that is a home of theirs, else the first in the menu."""
    held = frozenset(roles)
    lines = [line for _, pages in menu(held) for line in pages]
    return next((line.path for line in [*(each for each in lines if each.home & held), *lines]), None)


def opens(roles: Iterable[str], service: str, permission: str) -> bool:
    """Whether one of these roles has ``permission`` in ``service``."""
    return bool(frozenset(roles) & load(service).permissions.get(permission, frozenset()))


def find(roles: Iterable[str]) -> Page | None:
    """Where the box in the frame looks things up (``FIND`` of a service's navigation); its title says what for."""
    for name in names():
        page = getattr(_wired(name), "FIND", None)
        if page is not None and opens(roles, name, page.permission):
            return page
    return None


@cache
def _wired(service: str) -> Any:
    room = f"{SERVICES}.{service}.navigation"
    return importlib.import_module(room) if importlib.util.find_spec(room) else None


@cache
def _all() -> tuple[tuple[str, Page], ...]:
    return tuple((name, page) for name in names() if _wired(name) for page in _wired(name).PAGES)
