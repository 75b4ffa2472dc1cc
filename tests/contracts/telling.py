"""Facts for tests: a golden example recorded in its service's log, as if the service had just said it."""

from __future__ import annotations

from typing import Any

from shared import contracts
from shared.events import NewEvent, record


def fact(type: str, subject_id: str, branch: str, version: int = 1, **changes: Any) -> NewEvent:
    """The golden example of ``type`` with ``changes``, about ``subject_id``."""
    contract = contracts.get(type)
    data = {**contract.example, **changes}
    if "branch" in data:
        data["branch"] = branch
    return NewEvent(type=type, subject=f"{_kind(contract)}/{subject_id}", branch=branch, version=version, data=data)


def tell(house: Any, type: str, subject_id: str, branch: str, version: int = 1, **changes: Any) -> None:
    """Record it in the log of the service that sends it. Nothing is numbered or heard yet."""
    with house.writing(type.partition(".")[0]) as session:
        record(session, fact(type, subject_id, branch, version, **changes))


def _kind(contract: contracts.Contract) -> str:
    # promise.* is about its order: the only family here whose subject is named otherwise.
    return {"promise": "repair_order"}.get(contract.family, contract.family)
