"""What tests of the front desk do again and again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from services.reception.staff.actions import join
from shared import clock
from shared.access.signing import issue
from shared.events.tables import EventLog
from shared.ids import uuid7

BEIJING, SHANGHAI = "bj-chaoyang", "sh-pudong"
CHECK_INS = "/reception/api/v1/check-ins"
VISITS = "/reception/api/v1/visits"


def kiosk(house: Any, branch: str = BEIJING) -> dict[str, str]:
    """Headers of a kiosk of the branch."""
    return house.key("reception", "kiosk", ["check_ins"], branch)


def staff(house: Any, role: str = "receptionist", branch: str = BEIJING) -> dict[str, str]:
    """Headers of somebody who works in the branch."""
    with house.at("reception"):
        staff_id = join(label=role, branch=branch, roles=[role])
        return {"Authorization": f"Bearer {issue(staff_id, role, branch, [role])}"}


def body(**changes: Any) -> dict[str, Any]:
    """A check-in that just happened; a field set to ... is left out."""
    found = {
        "purpose": "maintenance", "consent": {"version": "2026-09", "purposes": []}, "occurred_at": clock.now(),
        **changes,
    }  # fmt: skip
    found = {name: clock.wire(value) if isinstance(value, datetime) else value for name, value in found.items()}
    return {name: value for name, value in found.items() if value is not ...}


def check_in(house: Any, headers: dict[str, str], key: str | None = None, **changes: Any) -> Any:
    """POST one check-in, with a key of its own unless told."""
    return house.client("reception").post(
        CHECK_INS, json=body(**changes), headers={**headers, "Idempotency-Key": key or uuid7()}
    )


def ago(**amount: float) -> datetime:
    """So long before now."""
    return clock.now() - timedelta(**amount)


def ticket(house: Any, headers: dict[str, str], **changes: Any) -> dict[str, Any]:
    """The answer to a check-in that must succeed."""
    answer = check_in(house, headers, **changes)
    assert answer.status_code == 201, answer.json
    return answer.json


def move(house: Any, headers: dict[str, str], visit_id: str, verb: str, **options: Any) -> Any:
    """POST one step of a visit."""
    options.setdefault("json", {})
    return house.client("reception").post(f"{VISITS}/{visit_id}/{verb}", headers=headers, **options)


def facts(house: Any, about: str | None = None, kind: str = "%") -> list[Any]:
    """The rows of reception's log, in order: (type without service and version, row)."""
    with house.reading("reception") as session:
        wanted = select(EventLog).where(EventLog.type.like(f"reception.{kind}.v1")).order_by(EventLog.id)
        if about is not None:
            wanted = wanted.where(EventLog.subject == about)
        return list(session.scalars(wanted))


def names(rows: list[Any]) -> list[str]:
    """``visit.called`` of each row."""
    return [row.type.removeprefix("reception.").removesuffix(".v1") for row in rows]
