"""What tests of the service desk do again and again."""

from __future__ import annotations

from typing import Any

from shared.access.signing import issue
from shared.ids import uuid7
from tests.contracts.telling import tell

BEIJING, SHANGHAI = "bj-chaoyang", "sh-pudong"
ORDERS = "/appointments/api/v1/repair-orders"


def staff(house: Any, role: str, branch: str = BEIJING, key: bool = True) -> dict[str, str]:
    """Headers of a member of staff, with a fresh Idempotency-Key."""
    with house.at("reception"):
        token = issue(uuid7(), f"{role}-1", branch, [role])
    return {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": uuid7()} if key else {})


def visit(house: Any, branch: str = BEIJING, **changes: Any) -> str:
    """A visit that appointments knows; its id."""
    visit_id = uuid7()
    tell(house, "reception.visit.checked_in.v1", visit_id, branch, **{"visit_id": visit_id, **changes})
    house.settle()
    return visit_id


def post(house: Any, path: str, headers: dict[str, str], body: dict[str, Any] | None = None) -> Any:
    """POST with a key of its own each time."""
    service = path.split("/")[1]
    return house.client(service).post(path, json=body, headers={**headers, "Idempotency-Key": uuid7()})


def told(house: Any, service: str, about: str) -> list[str]:
    """The types that a service recorded about one subject, in order."""
    from sqlalchemy import select

    from shared.events.tables import EventLog

    with house.reading(service) as session:
        rows = session.execute(select(EventLog.type).where(EventLog.subject == about).order_by(EventLog.id))
        return [row[0].removeprefix(f"{service}.").removesuffix(".v1") for row in rows]
