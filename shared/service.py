"""What a service consists of, and how its rooms are found: by their names, so that nobody keeps a list twice."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import DeclarativeBase

    from shared.settings.registry import Setting

SERVICES = "services"


@dataclass(frozen=True)
class Service:
    """The wiring of one service: ``SERVICE = Service(...)`` in ``services/<name>/service.py``.

    ``hears``: the sources whose events it reads. ``personal``: per source the personal families its key has.
    ``permissions``: permission → roles. ``settings`` are collected from the capabilities.
    """

    name: str
    title: Mapping[str, str]
    base: type[DeclarativeBase]
    capabilities: tuple[str, ...] = ()
    hears: tuple[str, ...] = ()
    personal: Mapping[str, frozenset[str]] = field(default_factory=dict)
    permissions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    settings: tuple[Setting, ...] = ()
    # Where its capabilities are; only a test's service lives elsewhere.
    package: str = ""

    def __post_init__(self) -> None:
        if not self.package:
            object.__setattr__(self, "package", f"{SERVICES}.{self.name}")


def names() -> tuple[str, ...]:
    """The services of this house: every folder below ``services/`` that has a ``service.py``."""
    return _names()


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    package = importlib.import_module(SERVICES)
    found = [module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg]
    return tuple(name for name in found if importlib.util.find_spec(f"{SERVICES}.{name}.service"))


@lru_cache(maxsize=16)
def load(name: str) -> Service:
    """The service called ``name``, with its permissions and settings; LookupError when there is none."""
    if name not in names():
        raise LookupError(f"no service called {name!r}")
    return complete(importlib.import_module(f"{SERVICES}.{name}.service").SERVICE)


def complete(service: Service) -> Service:
    """The same service with what its ``permissions.py`` and its capabilities' ``settings.py`` say."""
    permissions: Any = service.permissions
    if not permissions:
        room = _room(f"{service.package}.permissions")
        permissions = room.PERMISSIONS if room else {}
    settings = service.settings or tuple(
        setting for room in (*_house_rooms(service), *rooms(service, "settings")) for setting in room.SETTINGS
    )
    return replace(service, permissions=permissions, settings=settings)


def rooms(service: Service, room: str) -> list[ModuleType]:
    """The module ``room`` of each capability that has one, in the order of the capabilities.

    A capability that is named but missing is an error; so is a room that cannot be imported.
    """
    found = []
    for capability in service.capabilities:
        importlib.import_module(f"{service.package}.{capability}")
        module = _room(f"{service.package}.{capability}.{room}")
        if module is not None:
            found.append(module)
    return found


def _house_rooms(service: Service) -> list[ModuleType]:
    """Settings of the mechanisms: how long tokens count is a question for whoever does not issue them."""
    return [importlib.import_module("shared.access.settings")] if "reception" in service.hears else []


def _room(name: str) -> ModuleType | None:
    return importlib.import_module(name) if importlib.util.find_spec(name) else None
