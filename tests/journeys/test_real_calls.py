"""The 5 000 calls of a real call centre, through reception's door to the figures that headquarters reads (R3.1)."""

from __future__ import annotations

import csv
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest

from tests.kit.house import BRANCHES, House
from tests.reception.calls.telephone import imported
from tests.reception.door import staff

BY = (("agent", "Agent", "label"), ("topic", "Topic", "key"), ("day", "Date", "key"))


@pytest.mark.duty("R3.1", "T6.1")
def test_headquarters_reads_of_an_imported_list_what_the_list_says(house: House, shared_data: Path) -> None:
    content = (shared_data / "call-centre-2021q1.csv").read_bytes()
    assert imported(house, staff(house, "branch_manager"), content)["result"]["added"] == 5000
    house.settle()
    lines = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    headquarters = house.key("reporting", "hq", ["reports", "staff.labels"])
    for by, column, key in BY:
        query = f"?branch={BRANCHES[0]}&from=2021-01-01&to=2021-03-31&by={by}"
        rows = house.client("reporting").get(f"/reporting/api/v1/reports/calls{query}", headers=headquarters).json
        wanted = {"calls", "answered", "mean_answer_seconds", "mean_talk_seconds", "mean_rating"}
        found = {row[key]: {name: value for name, value in row.items() if name in wanted} for row in rows["rows"]}
        assert found == by_hand(lines, column)


def by_hand(lines: list[dict[str, str]], column: str) -> dict[str, dict]:
    """The same figures calculated from the file alone, in whole numbers until the last division."""
    groups = defaultdict(list)
    for line in lines:
        groups[line[column]].append(line)
    found = {}
    for key, calls in groups.items():
        answered = [call for call in calls if call["Answered (Y/N)"] == "Y"]
        found[key] = {
            "calls": len(calls),
            "answered": len(answered),
            "mean_answer_seconds": _mean([int(call["Speed of answer in seconds"]) for call in answered]),
            "mean_talk_seconds": _mean([_seconds(call["AvgTalkDuration"]) for call in answered]),
            "mean_rating": _mean([int(call["Satisfaction rating"]) for call in answered]),
        }
    return found


def _mean(values: list[int]) -> float | None:
    return float(Fraction(sum(values), len(values))) if values else None


def _seconds(text: str) -> int:
    hours, minutes, seconds = map(int, text.split(":"))
    return 3600 * hours + 60 * minutes + seconds
