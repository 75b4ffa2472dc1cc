"""A unit of work: one session on one connection, begun once and joined by everything called inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection, ExceptionContext, select
from sqlalchemy.orm import Session, SessionTransaction

from shared.db.base import BranchScoped
from shared.db.scope import EVERY, ScopeChanged, current_scope, open_units
from shared.db.types import database_time

if TYPE_CHECKING:
    from shared.db.database import Database

log = structlog.get_logger(__name__)


class PartFailed(RuntimeError):
    """A part of the transaction failed and the error was swallowed: the whole is rolled back, never half of it kept.

    Who wants to go on after a failed part says so with ``session.begin_nested()``.
    """


class UnitSession(Session):
    """The session of a unit. It is committed by the outermost ``transaction()`` only."""

    unit: Unit

    def commit(self) -> None:
        raise RuntimeError("only the outermost transaction() commits")

    def rollback(self) -> None:
        raise RuntimeError("let an exception leave the transaction() block, or use begin_nested() for a part")

    def _unchecked(self, *arguments: Any, **options: Any) -> None:
        raise RuntimeError("writes past the check of branches: use add_all() or execute(insert(...), rows)")

    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _unchecked

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """As SQLAlchemy's, and blind for a row of another branch that the unit happens to hold already."""
        found = super().get(entity, ident, **options)
        scope = current_scope()
        if isinstance(found, BranchScoped) and scope not in (EVERY, found.branch_id):
            return None
        return found


class Unit:
    """What is open on one database in this piece of work."""

    __slots__ = ("connection", "database", "failed", "hooks", "marks", "scope", "session", "writes")

    def __init__(self, database: Database, scope: str | None, connection: Connection, *, writes: bool) -> None:
        self.database = database
        self.scope = scope
        self.connection = connection
        self.writes = writes
        self.hooks: list[Callable[[], Any]] = []
        self.marks: dict[SessionTransaction, int] = {}
        self.failed: SessionTransaction | bool = False
        self.session = UnitSession(connection, expire_on_commit=False, join_transaction_mode="rollback_only")
        self.session.unit = self

    def check_scope(self) -> None:
        """The group's unit may narrow to a branch and widen again; a branch's unit stays with its branch."""
        if self.scope != EVERY and current_scope() != self.scope:
            here = current_scope() or "none"
            raise ScopeChanged(f"the transaction is for {self.scope or 'no branch'}, the context for {here}")

    def settle(self) -> None:
        """Write what is pending before the scope changes: it belongs to the branch that it was made under."""
        if self.writes and not self.failed:
            self.session.flush()

    def part_failed(self) -> None:
        """A joined block ended with an error: commit only if the savepoint around it is rolled back."""
        self.failed = self.failed or self.session.get_nested_transaction() or True

    def commit(self) -> None:
        """Write what is pending, commit, then run what was to happen after it."""
        if self.failed:
            raise PartFailed("a part of this transaction failed; everything is rolled back")
        self.session.flush()
        transaction = self.connection.get_transaction()
        if transaction is None or not transaction.is_active:
            raise PartFailed("this transaction was rolled back inside")
        transaction.commit()

    def run_hooks(self) -> None:
        """After the commit: an error here cannot undo it, so it is noted and the others still run."""
        for hook in self.hooks:
            try:
                hook()
            except Exception:
                log.exception("db.after_commit_failed")


@contextmanager
def transaction(database: Database | None = None) -> Iterator[Session]:
    """A session that may write: joins the open transaction, or opens one and commits it at the end of the block.

    RuntimeError inside an open reader, ScopeChanged when the branch is another than the open transaction's,
    TurnstileTimeout or sqlalchemy's TimeoutError and OperationalError when the database cannot take it now (503).
    """
    database = database or _current_database()
    unit = _open_unit(database)
    if unit is None:
        with _opened(database, writes=True) as unit:
            yield unit.session
        return
    if not unit.writes:
        raise RuntimeError("a transaction() inside a reader() cannot write: open the transaction first")
    unit.check_scope()
    try:
        yield unit.session
    except BaseException:
        unit.part_failed()
        raise


@contextmanager
def reader(database: Database | None = None) -> Iterator[Session]:
    """A session that only reads: joins what is open, or opens a read-only transaction; errors as ``transaction``."""
    database = database or _current_database()
    unit = _open_unit(database)
    if unit is None:
        with _opened(database, writes=False) as unit:
            yield unit.session
        return
    unit.check_scope()
    yield unit.session


def after_commit(session: Session, hook: Callable[[], Any]) -> None:
    """Call ``hook()`` once the outermost transaction is durable; never when it, or a savepoint, is rolled back."""
    unit_of(session).hooks.append(hook)


def database_now(session: Session) -> datetime:
    """The database's clock (UTC), the only one that several processes agree on: timers and leases go by it."""
    return session.execute(select(database_time())).scalar_one()


def note_failure(context: ExceptionContext) -> None:
    """A statement failed. PostgreSQL will not commit after that; SQLite would, and the two must mean the same."""
    for unit in open_units.get():
        if unit.connection is context.connection:
            unit.part_failed()


def open_writer(database: Database | None = None) -> bool:
    """Whether a transaction that may write is open here."""
    unit = _open_unit(database or _current_database())
    return unit is not None and unit.writes


@contextmanager
def _opened(database: Database, *, writes: bool) -> Iterator[Unit]:
    scope = current_scope()
    connection = database.begin(scope, write=writes)
    unit = Unit(database, scope, connection, writes=writes)
    token = open_units.set((*open_units.get(), unit))
    try:
        yield unit
        if writes:
            unit.commit()
    finally:
        open_units.reset(token)
        # Closing the connection rolls back whatever was not committed, and frees the turnstile.
        try:
            unit.session.close()
        finally:
            connection.close()
    unit.run_hooks()


def _open_unit(database: Database) -> Unit | None:
    for unit in reversed(open_units.get()):
        if unit.database is database:
            return unit
    return None


def unit_of(session: Session) -> Unit:
    if not isinstance(session, UnitSession):
        raise TypeError("not a session of transaction() or reader()")
    return session.unit


def _current_database() -> Database:
    from shared.runtime import runtime  # the runtime holds a Database; importing it above would be a circle

    return runtime().database

