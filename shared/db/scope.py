"""Whose rows this piece of work may see: one branch, every branch, or (until somebody says) none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from sqlalchemy.exc import DontWrapMixin

EVERY: Final = "*"
"""The scope of headquarters' reads, feeds and reaction batches. No branch can have this code."""

CODE = re.compile(r"[a-z0-9-]{1,40}\Z", re.ASCII)


class NoBranch(DontWrapMixin, RuntimeError):
    """Something that belongs to branches was touched without saying which branch: a mistake of ours, never "all"."""


class ScopeChanged(RuntimeError):
    """The branch changed inside an open transaction, which still runs as the first one."""


class ForeignBranch(DontWrapMixin, RuntimeError):
    """A row of another branch was about to be written."""


# What is open in this context (``units.Unit``, which knows scopes and is not known here), outermost first.
open_units: ContextVar[tuple[Any, ...]] = ContextVar("yingbin_units", default=())
_scope: ContextVar[str | None] = ContextVar("yingbin_scope", default=None)


def current_scope() -> str | None:
    """The branch code, ``EVERY``, or None when nobody has said."""
    return _scope.get()


def current_branch() -> str:
    """The one branch of this piece of work; NoBranch when there is none, or when it is every branch."""
    scope = _scope.get()
    if scope is None or scope == EVERY:
        raise NoBranch("no single branch in this context: use branch_scope(code)")
    return scope


@contextmanager
def branch_scope(code: str) -> Iterator[str]:
    """Work for the branch ``code`` (``[a-z0-9-]``, ≤ 40; ValueError). ScopeChanged inside another branch's transaction.

    Inside a transaction opened under ``every_branch()`` it adds the filter and the checks, the role stays the group's.
    """
    if not isinstance(code, str) or CODE.match(code) is None:
        raise ValueError(f"not a branch code: {str(code)[:60]!r}")
    yield from _entered(code)


@contextmanager
def every_branch() -> Iterator[None]:
    """Work over all branches, with the group's own database role: headquarters, feeds, relay, reaction batches."""
    yield from _entered(EVERY)


def _entered(scope: str) -> Iterator:
    units = open_units.get()
    for unit in units:
        if unit.scope not in (EVERY, scope):
            raise ScopeChanged(f"a transaction for {unit.scope or 'no branch'} is open; {scope} needs one of its own")
        unit.settle()
    token = _scope.set(scope)
    try:
        yield None if scope == EVERY else scope
        for unit in units:
            unit.settle()
    finally:
        _scope.reset(token)
