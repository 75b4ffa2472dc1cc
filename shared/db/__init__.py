"""The database kit: one way to a transaction, on SQLite and PostgreSQL, with every row in its branch.

``with transaction() as session`` joins or begins; ``with reader() as session`` cannot write; ``branch_scope(code)``
says whose rows.
"""

from shared.db import filters as _filters
from shared.db.base import BranchScoped, ServiceBase, group_wide_tables, service_metadata, unscoped_tables
from shared.db.database import Database
from shared.db.mechanism import MechanismBase, mechanism
from shared.db.scope import (
    EVERY,
    ForeignBranch,
    NoBranch,
    ScopeChanged,
    branch_scope,
    current_branch,
    current_scope,
    every_branch,
)
from shared.db.sqlite import CorruptDatabase
from shared.db.turnstile import TurnstileTimeout
from shared.db.types import Json, UtcDateTime, database_time
from shared.db.units import PartFailed, after_commit, database_now, open_writer, reader, transaction

__all__ = [
    "EVERY", "BranchScoped", "CorruptDatabase", "Database", "ForeignBranch", "Json", "MechanismBase",
    "NoBranch", "PartFailed", "ScopeChanged", "ServiceBase", "TurnstileTimeout", "UtcDateTime",
    "after_commit", "branch_scope", "current_branch", "current_scope", "database_now", "database_time",
    "every_branch", "group_wide_tables", "mechanism", "open_writer", "reader", "service_metadata",
    "transaction", "unscoped_tables",
]

del _filters  # imported because it listens on the sessions
