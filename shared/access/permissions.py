"""Permissions stand on actions, not on routes: every door to an action passes the same check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from shared.access.actor import current_actor
from shared.http.problems import Problem

P = ParamSpec("P")
R = TypeVar("R")
_NAME = re.compile(r"[a-z_]+(\.[a-z_]+)+", re.ASCII)


def action(permission: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare that the decorated action needs ``permission`` (``visits.call``); Problem 403 ``forbidden`` without it.

    The system always may: timers, handlers of events and commands act for somebody who was checked before.
    """
    if _NAME.fullmatch(permission) is None:
        raise ValueError(f"a permission is named <capability>.<verb>: {permission!r}")

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def checked(*args: P.args, **options: P.kwargs) -> R:
            actor = current_actor()
            if permission not in actor.permissions and actor.kind != "system":
                raise Problem(403, "forbidden")
            return function(*args, **options)

        named: Any = checked
        named.permission = permission
        return checked

    return declare


class Role(NamedTuple):
    """A role that people have, with its words, and whether it is had in a ``branch``, in the ``group``, or in both."""

    name: str
    zh: str
    en: str
    branch: bool = True
    group: bool = False


class Roles:
    """What the roles of one service grant. The kind of a key is a role too: ``kiosk``, ``hq``, ``service``."""

    def __init__(self, permissions: Mapping[str, frozenset[str]]) -> None:
        granted: dict[str, set[str]] = {}
        for permission, roles in permissions.items():
            for role in roles:
                granted.setdefault(role, set()).add(permission)
        self._granted = {role: frozenset(names) for role, names in granted.items()}
        self._of = lru_cache(maxsize=1024)(self._union)

    def permissions(self, roles: Iterable[str]) -> frozenset[str]:
        """Everything that these roles together may do; unknown roles grant nothing."""
        return self._of(frozenset(roles))

    def _union(self, roles: frozenset[str]) -> frozenset[str]:
        return frozenset().union(*(self._granted.get(role, frozenset()) for role in roles))
