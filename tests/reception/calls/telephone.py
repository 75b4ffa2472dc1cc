"""What tests of calls do again and again: lists, uploads, following their jobs."""

from __future__ import annotations

import io
from typing import Any

from services.reception.calls.model import Call
from shared.ids import uuid7
from tests.reception.door import BEIJING

CALLS = "/reception/api/v1/calls"
IMPORTS = "/reception/api/v1/imports/calls"
HEADINGS = (
    "Call Id,Agent,Date,Time,Topic,Answered (Y/N),Resolved,Speed of answer in seconds,AvgTalkDuration,"
    "Satisfaction rating"
)


def line(number: int, **changes: str) -> str:
    """One good row; every third call went unanswered."""
    answered = number % 3 != 0
    cells = {
        "id": f"ID{number:05}", "agent": ("Diane", "Becky", "王芳")[number % 3],
        "date": f"2021-01-{number % 28 + 1:02}",
        "time": f"{number % 9 + 9}:{number % 60:02}:58",
        "topic": ("Streaming", "保养咨询")[number % 2],
        "answered": "Y" if answered else "N", "resolved": "Y" if answered else "N",
        "wait": str(number % 100) if answered else "", "talk": "0:02:23" if answered else "",
        "rating": str(number % 5 + 1) if answered else "",
    } | changes  # fmt: skip
    return ",".join(cells.values())


def listing(count: int, *, start: int = 1, **wrong: Any) -> str:
    """A list of ``count`` good calls as CSV."""
    return "\r\n".join([HEADINGS, *(line(number) for number in range(start, start + count))]) + "\r\n"


def send(house: Any, headers: dict[str, str], content: str | bytes, key: str | None = None, **form: str) -> Any:
    """POST a list."""
    raw = content.encode() if isinstance(content, str) else content
    fields = {"branch": BEIJING, "zone": "Asia/Shanghai"} | form
    files = [(io.BytesIO(raw), "list.csv"), *([fields.pop("file")] if "file" in fields else [])]
    return house.client("reception").post(
        IMPORTS, data={**fields, "file": files}, content_type="multipart/form-data",
        headers={**headers, "Idempotency-Key": key or uuid7()},
    )  # fmt: skip


def job(house: Any, headers: dict[str, str], answer: Any) -> dict[str, Any]:
    """The job's state by its address."""
    assert answer.status_code == 202, answer.json
    found = house.client("reception").get(answer.json["status_url"], headers=headers)
    assert found.status_code == 200, found.json
    return found.json


def imported(house: Any, headers: dict[str, str], content: str | bytes, **form: str) -> dict[str, Any]:
    """Send a list, let everything settle, and return the job."""
    answer = send(house, headers, content, **form)
    assert answer.status_code == 202, answer.json
    house.settle()
    return job(house, headers, answer)


def logged(house: Any, branch: str = BEIJING) -> list[Call]:
    """The calls that reception has for the branch, by external id."""
    with house.reading("reception", branch) as session:
        return sorted(session.query(Call).all(), key=lambda call: call.external_id or "")
