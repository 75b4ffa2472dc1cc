"""Facts for tests of the mechanism: calls, the plainest thing that happens at a desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from services.reception.calls import actions
from shared.db import transaction
from tests.kit.house import BRANCHES, House


def call(topic: str, number: int) -> dict[str, Any]:
    """One call, answered after ``number`` seconds."""
    return {
        "agent": f"agent-{number % 3}", "external_id": f"{topic}-{number}",
        "occurred_at": datetime(2026, 3, 2, 1, 0, tzinfo=UTC), "local_date": date(2026, 3, 2),
        "topic": topic, "answered": True, "resolved": True, "answer_seconds": number,
        "talk_seconds": 60, "rating": 5,
    }  # fmt: skip


def log_calls(house: House, calls: Sequence[dict[str, Any]], branch: str = BRANCHES[0]) -> None:
    """Write them down in one transaction."""
    with house.at("reception", branch), transaction() as session:
        actions.log_calls(session, calls)
