"""The branch filter: every statement of a unit sees, and every write lands in, the branch of the context."""

from __future__ import annotations

import re
import weakref
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, TextClause, event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction, with_loader_criteria
from sqlalchemy.sql import ClauseElement, visitors

from shared.db.base import BranchScoped, scoped_names
from shared.db.scope import EVERY, ForeignBranch, NoBranch, current_scope
from shared.db.units import Unit, UnitSession

_WORDS = re.compile(r"\w+")
_tables: weakref.WeakKeyDictionary[Any, tuple[frozenset[str], bool]] = weakref.WeakKeyDictionary()


@lru_cache(maxsize=4096)
def _criteria(code: str) -> Any:
    # Propagated to loaders, or a joinedload would bring other branches' rows along.
    return with_loader_criteria(BranchScoped, lambda scoped: scoped.branch_id == code, include_aliases=True)


def filter_statement(state: ORMExecuteState) -> None:
    """Before each statement of a session: add the branch, or refuse what names none."""
    _unit(state.session).check_scope()
    if state.is_column_load:
        return  # a row that this unit already holds is read again by its key
    scope = current_scope()
    if scope == EVERY:
        return
    if scope is None:
        scoped, _ = _looked_through(state.statement)
        if scoped:
            raise NoBranch(f"{', '.join(sorted(scoped))}: rows of branches, and no branch in this context")
        return
    if state.is_insert:
        _check_insert(state, scope)
        return
    if state.is_update:
        _check_update(state, scope)
    if state.is_orm_statement:
        state.statement = state.statement.options(_criteria(scope))
    else:
        scoped, names_branch = _looked_through(state.statement)
        if scoped and not names_branch:
            tables = ", ".join(sorted(scoped))
            raise NoBranch(f"{tables}: a statement on tables (not on mapped classes) names its branch_id itself")


def _looked_through(statement: Any) -> tuple[frozenset[str], bool]:
    """The branch tables a statement touches, and whether it says anything about a branch_id."""
    found = _tables.get(statement)
    if found is None:
        scoped: set[str] = set()
        names_branch = False
        if isinstance(statement, TextClause):
            words = set(_WORDS.findall(statement.text))
            scoped, names_branch = words & scoped_names, "branch_id" in words
        for element in visitors.iterate(statement):
            if isinstance(element, Table) and element.info.get("branch_scoped"):
                scoped.add(element.name)
            elif element.__visit_name__ == "column" and getattr(element, "key", None) == "branch_id":
                names_branch = True
        found = (frozenset(scoped), names_branch)
        if isinstance(statement, ClauseElement):
            _tables[statement] = found
    return found


def _check_insert(state: ORMExecuteState, scope: str) -> None:
    statement = state.statement
    table = getattr(statement, "table", None)
    if table is None or not table.info.get("branch_scoped"):
        return
    given = _inline_values(statement)
    parameters = state.parameters
    rows = [parameters] if isinstance(parameters, dict) else parameters or []
    for row in [*given, *rows]:
        if row.get("branch_id", scope) != scope:
            raise ForeignBranch(f"{table.name}: a row of {row['branch_id']} in the work of {scope}")


def _inline_values(statement: Any) -> list[dict[Any, Any]]:
    """What ``insert().values(...)`` carries, by column name."""
    rows: list[Any] = [statement._values] if statement._values else []
    for several in statement._multi_values:
        rows.extend(several)
    return [
        {getattr(column, "key", column): getattr(value, "value", value) for column, value in row.items()}
        for row in rows
        if isinstance(row, dict)
    ]


def _check_update(state: ORMExecuteState, scope: str) -> None:
    table = getattr(state.statement, "table", None)
    if table is None or not table.info.get("branch_scoped"):
        return
    if state.is_orm_statement and isinstance(state.parameters, list):
        # By primary keys, where SQLAlchemy takes no further condition.
        raise NoBranch(f"{table.name}: rows are updated by a condition, not by a list of keys")
    for row in _inline_values(state.statement):
        if row.get("branch_id", scope) != scope:
            raise ForeignBranch(f"{table.name}: a row cannot be given to another branch")


def check_flush(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Before the unit of work writes: new rows get the branch of the context, foreign ones are refused."""
    _unit(session).check_scope()
    scope = current_scope()
    if scope == EVERY:
        return
    for row in [*session.new, *session.dirty, *session.deleted]:
        if not isinstance(row, BranchScoped):
            continue
        if scope is None:
            raise NoBranch(f"{type(row).__name__}: a row of a branch, and no branch in this context")
        if row.branch_id is None:
            row.branch_id = scope
        elif row.branch_id != scope:
            raise ForeignBranch(f"{type(row).__name__}: a row of {row.branch_id} in the work of {scope}")


def remember_savepoint(session: Session, transaction: SessionTransaction) -> None:
    """Note which hooks stand outside a savepoint."""
    if transaction.nested:
        unit = _unit(session)
        unit.marks[transaction] = len(unit.hooks)


def forget_savepoint(session: Session, transaction: SessionTransaction) -> None:
    """A savepoint was rolled back: what was to happen after its commit will not, and its failure is dealt with."""
    unit = _unit(session)
    if transaction.nested:
        del unit.hooks[unit.marks.pop(transaction, len(unit.hooks)) :]
        if unit.failed is transaction:
            unit.failed = False


def _unit(session: Session) -> Unit:
    return session.unit  # type: ignore[attr-defined]


event.listen(UnitSession, "do_orm_execute", filter_statement)
event.listen(UnitSession, "before_flush", check_flush)
event.listen(UnitSession, "after_transaction_create", remember_savepoint)
event.listen(UnitSession, "after_soft_rollback", forget_savepoint)
