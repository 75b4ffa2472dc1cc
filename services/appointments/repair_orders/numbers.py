"""Numbers of repair orders: dense per branch and year, also when several advisors open orders at once."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from services.appointments.repair_orders.model import RepairOrderNumber

_TABLE: Any = RepairOrderNumber.__table__
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_DIGITS = 5


@cache
def _one_more(dialect: str) -> ReturningInsert:
    return (
        _INSERT[dialect](_TABLE)
        .values(last_serial=1)
        .on_conflict_do_update(
            index_elements=[_TABLE.c.branch_id, _TABLE.c.year], set_={"last_serial": _TABLE.c.last_serial + 1}
        )
        .returning(_TABLE.c.last_serial)
    )


def take(session: Session, branch: str, year: int) -> int:
    """The next serial of ``branch`` in ``year``. Holds the counter's row until the transaction ends: none is lost."""
    statement = _one_more(session.get_bind().dialect.name)
    return session.execute(statement, {"branch_id": branch, "year": year}).scalar_one()


def text(letter: str, year: int, serial: int) -> str:
    """``A2026-00042``."""
    return f"{letter}{year}-{serial:0{_DIGITS}d}"
