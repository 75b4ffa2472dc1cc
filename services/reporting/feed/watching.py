"""Headquarters' people at the feed: the newest facts, and the same facts to take along."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from services.reporting.feed import queries
from services.reporting.feed.queries import Fact
from services.reporting.feed.queries import Page as FeedPage
from shared.access import action
from shared.branches.model import Branch
from shared.db import every_branch, reader
from shared.events import GROUP
from shared.events.tables import Cursor
from shared.http import Problem

SHOWN = 50
_LAST = 2**63 - 1


@dataclass(frozen=True)
class Watched:
    """``facts`` newest first; ``head``: the last number given; ``branches``: code → name, of all there are."""

    facts: list[Fact]
    head: int
    branches: dict[str, str]


@dataclass(frozen=True)
class Compared:
    """One source: applied up to ``position``; ``types``: how many facts of each type the feed holds."""

    source: str
    position: int
    types: dict[str, int]

    @property
    def kept(self) -> int:
        """How many facts of it the feed holds."""
        return sum(self.types.values())


@action("feed.read")
def newest(before: int | None, branch: str | None, type_: str | None) -> Watched:
    """Up to ``SHOWN`` facts below the position ``before`` (None: the newest). Problem 404 ``unknown-branch``."""
    with every_branch(), reader() as session:
        names = dict(session.execute(select(Branch.code, Branch.name).order_by(Branch.code)).all())
        _check(branch, names)
        head = queries.epochs_and_head(session)[1]
        top = min(before or _LAST, head + 1)
        return Watched(queries.newest(session, SHOWN, top, branch, type_), head, names)


@action("feed.read")
def taken(after: int, limit: int, branch: str | None) -> FeedPage:
    """The same page of the feed that a machine gets by its key (T6.1). Problem 404 ``unknown-branch``."""
    with every_branch(), reader() as session:
        if branch is not None:
            _check(branch, dict(session.execute(select(Branch.code, Branch.name)).all()))
        return queries.page(session, after, limit, branch)


@action("events.read")
def compared() -> list[Compared]:
    """For each source that has been heard: how far, and how many of its facts the feed holds up to there (T6.1).

    Counts every row: asked for by people, not by a page that refreshes itself.
    """
    with every_branch(), reader() as session:
        heard = session.execute(select(Cursor.source, Cursor.position).order_by(Cursor.source)).all()
        counted: dict[str, dict[str, int]] = {}
        for source, type_, n in session.execute(queries.counts()):
            counted.setdefault(source, {})[type_] = int(n)
        return [Compared(source, position, counted.get(source, {})) for source, position in heard]


def _check(branch: str | None, names: dict[str, str]) -> None:
    if branch is not None and branch != GROUP and branch not in names:
        raise Problem(404, "unknown-branch")
