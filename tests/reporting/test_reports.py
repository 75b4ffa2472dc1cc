"""The day report, the report of calls and the KPI book, by API."""

from __future__ import annotations

import csv
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest

from services.reporting.kpis import BOOK
from tests.reporting.conftest import Reporting
from tests.reporting.facts import BRANCH, OTHER, batches

DAY = "/reporting/api/v1/reports/day"
CALLS = "/reporting/api/v1/reports/calls"


def figures(reporting: Reporting, branch: str = BRANCH, day: str = "2026-11-23") -> dict[str, tuple]:
    answer = reporting.client().get(f"{DAY}?branch={branch}&date={day}", headers=reporting.key("reports"))
    assert (answer.status_code, answer.json["branch"], answer.json["date"]) == (200, branch, day)
    return {line["kpi"]: (line["value"], line["n"]) for line in answer.json["figures"]}


@pytest.mark.duty("T1.1")
def test_a_day_of_one_branch(reporting: Reporting) -> None:
    logs = reporting.begin()
    here, orders, calls = logs["reception"].say, logs["appointments"].say, logs["followup"].say
    today = {"local_date": "2026-11-23"}
    for minutes in (2, 5):
        here("visit.checked_in", **today)
        here(
            "visit.greeted",
            **today,
            checked_in_at="2026-11-23T01:00:00.000000Z",
            greeted_at=f"2026-11-23T01:0{minutes}:00.000000Z",
        )
    here("visit.checked_in", **today)
    here("visit.left", **today)
    here("visit.completed", **today)
    here("visit.checked_in", branch=OTHER, **today)
    here("visit.checked_in", local_date="2026-11-22")
    for answered in (True, True, False):
        here("call.logged", **today, answered=answered)
    reporting.hear(*logs["reception"].said[2:])
    orders("repair_order.opened", **today)
    for on_time in (True, True, False, None):
        orders("repair_order.handed_over", **today, on_time=on_time)
    orders("promise.slipped", occurred_at="2026-11-22T16:00:00.000000Z")  # midnight of the 23rd in Shanghai
    orders("promise.slipped", occurred_at="2026-11-22T15:59:59.000000Z")
    reporting.hear(*logs["appointments"].said)
    calls("follow_up.due", due_at="2026-11-23T12:00:00.000000Z")
    calls("follow_up.due", due_at="2026-11-23T12:00:00.000000Z")
    calls("follow_up.moved", previous_due_at="2026-11-23T12:00:00.000000Z", due_at="2026-11-24T02:00:00.000000Z")
    for number in (1, 2):
        calls("follow_up.attempted", **today, attempt_no=number)
    calls("follow_up.closed", **today, result="reached", on_time=True)
    calls("follow_up.closed", **today, result="not_reached", on_time=True)
    calls("follow_up.closed", **today, result="reached", on_time=False)
    reporting.hear(*logs["followup"].said)
    assert figures(reporting) == {
        "visits": (3, 3),
        "visits_greeted": (2, 2),
        "greet_wait_mean_minutes": (3.5, 2),
        "visits_completed": (1, 1),
        "visits_left": (1, 1),
        "calls": (3, 3),
        "calls_answered": (2, 2),
        "repair_orders_opened": (1, 1),
        "repair_orders_handed_over": (4, 4),
        "on_time_rate": (66.7, 3),
        "promises_slipped": (1, 1),
        "call_backs_due": (1, 1),
        "call_backs_attempted": (1, 1),
        "call_backs_closed": (3, 3),
        "call_backs_reached_rate": (66.7, 3),
        "call_backs_on_time_rate": (66.7, 3),
    }
    assert figures(reporting, day="2026-11-22")["visits"] == (1, 1)
    assert figures(reporting, day="2026-11-22")["promises_slipped"] == (1, 1)
    assert figures(reporting, day="2026-11-24")["call_backs_due"] == (1, 1)
    assert figures(reporting, OTHER)["visits"] == (1, 1)


def test_a_day_on_which_nothing_happened_has_no_means(reporting: Reporting) -> None:
    found = figures(reporting, day="2026-02-28")
    for kpi in BOOK:
        assert found[kpi.id] == ((0, 0) if kpi.unit == "count" else (None, 0))


def test_an_instant_counts_on_the_branch_day_of_a_zone_off_the_hour(reporting: Reporting) -> None:
    """Kathmandu is +05:45: its day begins at 18:15 UTC."""
    logs = reporting.begin()
    for at in ("2026-11-22T18:14:59.999999Z", "2026-11-22T18:15:00.000000Z", "2026-11-23T18:14:59.000000Z"):
        logs["appointments"].say("promise.slipped", branch=OTHER, occurred_at=at)
    reporting.hear(*logs["appointments"].said)
    days = [figures(reporting, OTHER, day)["promises_slipped"][0] for day in ("2026-11-22", "2026-11-23", "2026-11-24")]
    assert days == [1, 2, 0]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (f"branch={BRANCH}", 400),
        ("date=2026-11-23", 400),
        (f"branch={BRANCH}&date=2026-02-29", 400),
        (f"branch={BRANCH}&date=20261123", 400),
        (f"branch={BRANCH}&date=2026-11-23T00:00", 400),
        ("branch=nowhere&date=2026-11-23", 404),
        ("branch=group&date=2026-11-23", 404),
        (f"branch={BRANCH}&date=2026-11-23&x=1", 400),
        ("branch='--&date=2026-11-23", 400),
        (f"branch={BRANCH}&date=0001-01-01", 400),
        (f"branch={BRANCH}&date=9999-12-31", 400),
        (f"branch={BRANCH}&date=1970-01-01", 200),
    ],
)
def test_questions_that_make_no_sense(reporting: Reporting, query: str, status: int) -> None:
    answer = reporting.client().get(f"{DAY}?{query}", headers=reporting.key("reports"))
    assert answer.status_code == status
    assert answer.content_type == ("application/json" if status == 200 else "application/problem+json")


@pytest.mark.parametrize("path", [DAY, CALLS, "/reporting/api/v1/kpis"])
def test_reports_need_a_headquarters_key_for_reports(reporting: Reporting, path: str) -> None:
    client = reporting.client()
    query = "?branch=bj-chaoyang&date=2026-11-23" if path == DAY else ""
    assert client.get(path + query).status_code == 401
    assert client.get(path + query, headers=reporting.key("feed")).status_code == 403
    assert client.get(path + query, headers=reporting.key("reports", kind="service")).status_code == 403
    assert client.get(path + query, headers=reporting.key("reports")).status_code == 200


@pytest.mark.duty("T2.3")
def test_the_book_tells_each_definition_in_both_languages(reporting: Reporting) -> None:
    told = reporting.client().get("/reporting/api/v1/kpis", headers=reporting.key("reports")).json["kpis"]
    assert [line["id"] for line in told] == [kpi.id for kpi in BOOK]
    assert told[0]["name"] == {"zh": "来店人次", "en": "Visits"}
    assert set(figures(reporting)) == {line["id"] for line in told}


def test_agents_are_ids_and_have_a_label_only_for_a_key_that_may_know_it(reporting: Reporting) -> None:
    logs = reporting.begin()
    logs["reception"].say("staff.joined", staff_id="ann", label="安娜")
    for agent in ("ann", "bob"):
        logs["reception"].say("call.logged", agent_id=agent)
    reporting.hear(*logs["reception"].said[2:])
    query = f"{CALLS}?branch={BRANCH}&from=2021-01-01&to=2021-01-01&by=agent"
    plain = reporting.client().get(query, headers=reporting.key("reports"))
    assert "安娜" not in plain.text
    assert [set(row) & {"key", "label"} for row in plain.json["rows"]] == [{"key"}, {"key"}]
    rows = reporting.client().get(query, headers=reporting.key("reports", "staff.labels")).json["rows"]
    assert [(row["key"], row.get("label")) for row in rows] == [("ann", "安娜"), ("bob", None)]
    by_day = reporting.client().get(query.replace("agent", "day"), headers=reporting.key("reports", "staff.labels"))
    assert by_day.json["rows"] == [
        {
            "key": "2021-01-01",
            "calls": 2,
            "answered": 2,
            "mean_answer_seconds": 109.0,
            "mean_talk_seconds": 143.0,
            "mean_rating": 3.0,
        }
    ]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("by=colour", 400),
        ("from=2021-01-02&to=2021-01-01", 400),
        ("from=yesterday", 400),
        ("branch=nowhere", 404),
        ("", 200),
        ("branch=&from=&to=&by=", 200),
    ],
)
def test_questions_about_calls(reporting: Reporting, query: str, status: int) -> None:
    answer = reporting.client().get(f"{CALLS}?{query}", headers=reporting.key("reports"))
    assert answer.status_code == status
    if status == 200:
        assert answer.json == {"rows": []}


def test_calls_of_the_group_or_of_some_days(reporting: Reporting) -> None:
    logs = reporting.begin()
    for branch, day in ((BRANCH, "2021-01-01"), (OTHER, "2021-01-02"), (BRANCH, "2021-01-03")):
        logs["reception"].say("call.logged", branch=branch, local_date=day, answered=False)
    reporting.hear(*logs["reception"].said[2:])

    def days(query: str) -> list[str]:
        answer = reporting.client().get(f"{CALLS}?by=day&{query}", headers=reporting.key("reports"))
        return [row["key"] for row in answer.json["rows"]]

    assert days("") == ["2021-01-01", "2021-01-02", "2021-01-03"]
    assert days(f"branch={BRANCH}") == ["2021-01-01", "2021-01-03"]
    assert days("from=2021-01-02&to=2021-01-03") == ["2021-01-02", "2021-01-03"]
    assert days("to=2021-01-01") == ["2021-01-01"]


@pytest.mark.duty("R3.1")
def test_the_figures_of_five_thousand_real_calls_are_those_of_the_file(reporting: Reporting, shared_data: Path) -> None:
    """Every mean equals the quotient of whole numbers calculated from the file itself, to the last bit."""
    with open(shared_data / "call-centre-2021q1.csv", encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 5000
    say = reporting.begin()["reception"].say
    events = [say("call.logged", **_call(line)) for line in lines]
    for batch in batches(events, [50, 200, 1, 137]):
        reporting.hear(*batch)
    for by, column in (("agent", "Agent"), ("day", "Date"), ("topic", "Topic")):
        query = f"{CALLS}?branch={BRANCH}&from=2021-01-01&to=2021-03-31&by={by}"
        rows = reporting.client().get(query, headers=reporting.key("reports")).json["rows"]
        assert {row.pop("key"): row for row in rows} == _independent(lines, column)


def _call(line: dict[str, str]) -> dict:
    answered = line["Answered (Y/N)"] == "Y"
    talk = (
        sum(int(part) * weight for part, weight in zip(line["AvgTalkDuration"].split(":"), (3600, 60, 1), strict=True))
        if answered
        else None
    )
    return {
        "agent_id": line["Agent"],
        "local_date": line["Date"],
        "topic": line["Topic"],
        "answered": answered,
        "resolved": line["Resolved"] == "Y",
        "answer_seconds": int(line["Speed of answer in seconds"]) if answered else None,
        "talk_seconds": talk,
        "rating": int(line["Satisfaction rating"]) if answered else None,
        "external_id": line["Call Id"],
    }


def _independent(lines: list[dict[str, str]], column: str) -> dict[str, dict]:
    groups: dict[str, list[dict]] = defaultdict(list)
    for line in lines:
        groups[line[column]].append(_call(line))
    found = {}
    for key, calls in groups.items():
        answered = [call for call in calls if call["answered"]]
        means = {
            f"mean_{name}": float(Fraction(sum(call[name] for call in answered), len(answered))) if answered else None
            for name in ("answer_seconds", "talk_seconds", "rating")
        }
        found[key] = {"calls": len(calls), "answered": len(answered), **means}
    return found
