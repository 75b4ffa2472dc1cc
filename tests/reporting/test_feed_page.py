"""The feed as a page: newest first, filtered by the address, without anything about persons, to be taken along."""

from __future__ import annotations

import csv
import io
from typing import Any

from shared.events import GROUP
from tests.kit.house import House
from tests.reception.door import BEIJING, SHANGHAI, kiosk, staff, ticket


def get(house: House, headers: dict[str, str], path: str, status: int = 200) -> Any:
    part = {"HX-Request": "true"} if "/fi" in path or "/fa" in path else {}
    answer = house.client("reporting").get(f"/reporting/{path}", headers={**headers, **part, "Accept": "text/html"})
    assert answer.status_code == status, answer.text[:400]
    return answer


def arrivals(house: House) -> dict[str, str]:
    """One visitor in each branch; returns an analyst's headers."""
    for branch in (BEIJING, SHANGHAI):
        ticket(house, kiosk(house, branch), name="欧阳娜娜", phone="13812345678", plate="京A12345")
    analyst = staff(house, "hq_analyst", GROUP)
    house.settle()
    return analyst


def test_the_newest_fact_stands_first_and_nothing_tells_who_it_was(house: House) -> None:
    analyst = arrivals(house)
    text = get(house, analyst, "feed").text
    head = house.client("reporting").get("/reporting/feed/facts.json", headers=analyst).json["head"]
    assert text.index(f'id="fact-{head}"') < text.index(f'id="fact-{head - 1}"')
    assert "访客已登记" in text
    for path in ("feed", "feed/facts", "feed/facts.json", "feed/facts.csv"):
        found = get(house, analyst, path).text
        assert not [secret for secret in ("欧阳娜娜", "13812345678", "京A12345", "5678") if secret in found], path


def test_the_address_filters(house: House) -> None:
    analyst = arrivals(house)
    checked_in = "reception.visit.checked_in.v1"
    both = get(house, analyst, f"feed/facts?type={checked_in}").text
    assert both.count("<tr id=") == 2
    one = get(house, analyst, f"feed/facts?type={checked_in}&branch={SHANGHAI}").text
    assert one.count("<tr id=") == 1
    assert "没有这一类事实" in get(house, analyst, "feed/facts?type=followup.follow_up.closed.v1").text
    get(house, analyst, "feed?branch=nowhere", 404)
    for odd in ("type=no.such", "before=-1", "before=x", f"before={'9' * 30}"):
        assert "fact-" in get(house, analyst, f"feed/facts?{odd}").text
    assert 'id="fact-3"' not in get(house, analyst, "feed/facts?before=3").text


def test_what_is_taken_along_is_what_a_machine_reads(house: House) -> None:
    analyst = arrivals(house)
    machine = house.key("reporting", "hq", ["feed"])
    for query in ("after=0&limit=5", f"after=2&branch={BEIJING}", "after=0"):
        taken = get(house, analyst, f"feed/facts.json?{query}").json
        assert taken == house.client("reporting").get(f"/reporting/api/v1/feed?{query}", headers=machine).json
        lines = list(csv.DictReader(io.StringIO(get(house, analyst, f"feed/facts.csv?{query}").text.lstrip("\ufeff"))))
        assert [int(line["position"]) for line in lines] == [event["position"] for event in taken["events"]]


def test_only_headquarters_reads_it(house: House) -> None:
    manager = staff(house, "branch_manager")
    house.settle()
    for path in ("feed", "feed/facts", "feed/facts.json", "feed/facts.csv"):
        get(house, manager, path, 403)
