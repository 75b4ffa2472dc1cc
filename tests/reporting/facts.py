"""Made-up facts, as the consumer hands them to reporting: complete by the contracts' golden examples."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from shared import contracts
from shared.events.envelope import Event

BRANCH = "bj-chaoyang"
OTHER = "sh-pudong"
EPOCHS = {source: f"epoch-of-{source}" for source in ("reception", "appointments", "followup", "reporting")}
SUBJECTS = {"follow_up": "follow_up", "promise": "repair_order", "setting": "setting", "access": "access"}


class Source:
    """One service's log: numbers what it says 1, 2, 3 …"""

    def __init__(self, name: str) -> None:
        self.name = name
        self.said: list[Event] = []

    def say(self, kind: str, branch: str = BRANCH, subject_id: str | None = None, **data: Any) -> Event:
        """A fact ``<source>.<kind>.v1`` with ``data`` over the golden example's."""
        type_ = f"{self.name}.{kind}.v1"
        content = {**contracts.get(type_).example, **data}
        if "branch" in content:
            content["branch"] = branch
        contracts.validate(type_, content)
        family = kind.partition(".")[0]
        position = len(self.said) + 1
        event = Event(
            id=str(uuid.UUID(int=position + list(EPOCHS).index(self.name) * 10**9)),
            source=self.name,
            type=type_,
            subject=f"{SUBJECTS.get(family, family)}/{subject_id or position}",
            time="2026-11-23T10:00:00.000000Z",
            branch=branch,
            position=position,
            previd=self.said[-1].id if self.said else None,
            epoch=EPOCHS[self.name],
            version=1,
            data=content,
            personal=contracts.is_personal(type_),
            redacted=False,
            correlation_id=None,
            causation_id=None,
            traceparent=None,
        )
        self.said.append(event)
        return event


def sources() -> dict[str, Source]:
    """The four logs, empty."""
    return {name: Source(name) for name in EPOCHS}


def batches(events: list[Event], sizes: list[int]) -> list[list[Event]]:
    """``events`` in pieces of these sizes, in turn, until all are dealt."""
    pieces, turn, rest = [], itertools.cycle(sizes), list(events)
    while rest:
        size = next(turn)
        pieces.append(rest[:size])
        rest = rest[size:]
    return pieces
