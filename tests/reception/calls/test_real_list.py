"""The 5 000 calls of a real call centre: what comes in is what the file says, on both stacks (R3.1)."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.reception.calls.telephone import imported, logged
from tests.reception.door import staff

pytestmark = pytest.mark.duty("R3.1")

LIST = Path(os.environ.get("SHARED_DATA") or Path(__file__).parents[3] / "../shared/data") / "call-centre-2021q1.csv"
ZONE = ZoneInfo("Asia/Shanghai")


def the_file_s_own_numbers() -> dict[tuple[str, str, str], list[float]]:
    """Per agent, day and topic: calls, answered, seconds to answer, seconds of talk, ratings; calculated by hand."""
    found: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0] * 5)
    with LIST.open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            sums = found[line["Agent"], line["Date"], line["Topic"]]
            sums[0] += 1
            if line["Answered (Y/N)"] == "Y":
                hours, minutes, seconds = map(int, line["AvgTalkDuration"].split(":"))
                sums[1] += 1
                sums[2] += int(line["Speed of answer in seconds"])
                sums[3] += hours * 3600 + minutes * 60 + seconds
                sums[4] += int(line["Satisfaction rating"])
    return found


@pytest.mark.skipif(not LIST.is_file(), reason=f"SHARED_DATA is not there: {LIST}")
def test_every_call_of_the_real_list_comes_in_as_it_stands(house: Any) -> None:
    found = imported(house, staff(house, "branch_manager"), LIST.read_bytes())
    assert (found["state"], found["error"], found["result"]["added"]) == ("done", None, 5000)
    labels = agents(house)
    sums: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0] * 5)
    for call in logged(house):
        key = labels[call.agent_id], call.local_date.isoformat(), call.topic
        values = (1, call.answered, call.answer_seconds or 0, call.talk_seconds or 0, call.rating or 0)
        sums[key] = [total + value for total, value in zip(sums[key], values, strict=True)]
    assert sums == the_file_s_own_numbers()
    first = next(call for call in logged(house) if call.external_id == "ID0001")
    assert first.occurred_at == datetime(2021, 1, 1, 9, 12, 58, tzinfo=ZONE)
    assert first.local_date == date(2021, 1, 1)
    assert (first.answer_seconds, first.talk_seconds, first.rating) == (109, 143, 3)


def agents(house: Any) -> dict[str, str]:
    """The labels of the branch's agents by their ids."""
    from services.reception.staff.model import Staff

    with house.reading("reception") as session:
        return {row.id: row.label for row in session.query(Staff).filter(Staff.agent_of.is_not(None))}
