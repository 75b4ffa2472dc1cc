"""What every table of ours has in common: names of constraints, types, and the branch that a row belongs to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from shared.db.scope import current_branch
from shared.db.types import UtcDateTime

# Migrations can only drop or change a constraint that has a name, the same on both databases.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_TYPES: dict[Any, Any] = {datetime: UtcDateTime}

BRANCH_LENGTH = 40

scoped_names: set[str] = set()
"""Tables of branches in any service of this process: by these words a statement written as text is recognised."""


def service_metadata() -> MetaData:
    """A new MetaData with our names of constraints; one per service."""
    return MetaData(naming_convention=NAMING)


class ServiceBase(DeclarativeBase):
    """Parent of each service's own base: ``class Base(ServiceBase): metadata = service_metadata()``.

    A table without a branch says why: ``__group_wide__ = "<reason>"``.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        if ServiceBase not in cls.__bases__:
            super().__init_subclass__(**options)
            if "__table__" in cls.__dict__:
                _describe(cls)
            return
        if "metadata" not in cls.__dict__:
            raise TypeError(f"{cls.__name__} needs a metadata of its own: metadata = service_metadata()")
        # A registry per service: four services live in one process, and two may have a class of the same name.
        cls.registry = cls._sa_registry = registry(metadata=cls.metadata, type_annotation_map=_TYPES)


class BranchScoped:
    """Mixin: each row belongs to one branch. Reads are filtered, writes are checked, PostgreSQL locks it a second time.

    ``branch_id`` may be left out under ``branch_scope``: it is filled in. The table's own indexes begin with it.
    """

    branch_id: Mapped[str] = mapped_column(String(BRANCH_LENGTH), default=current_branch, nullable=False)


def _describe(cls: Any) -> None:
    """Say on the table what the class says: statements and migrations know tables only."""
    if issubclass(cls, BranchScoped):
        cls.__table__.info["branch_scoped"] = True
        scoped_names.add(cls.__table__.name)
    if "__group_wide__" in cls.__dict__:
        cls.__table__.info["group_wide"] = cls.__dict__["__group_wide__"]


def unscoped_tables(metadata: MetaData) -> list[str]:
    """Tables that neither belong to branches (``BranchScoped``) nor say why not (``group_wide``). A rule: none."""
    return sorted(
        table.name for table in metadata.tables.values()
        if not (table.info.get("branch_scoped") and "branch_id" in table.c) and not table.info.get("group_wide")
    )


def group_wide_tables(metadata: MetaData) -> dict[str, str]:
    """The short list: tables without a branch, each with its reason."""
    return {table.name: table.info["group_wide"] for table in metadata.sorted_tables if table.info.get("group_wide")}
