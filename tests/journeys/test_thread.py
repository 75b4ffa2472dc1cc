"""The thread by API: from the kiosk to headquarters, through all four services, on both stacks."""

from __future__ import annotations

import json

import pytest

from shared import clock
from tests.kit.house import BRANCHES, House
from tests.kit.morning import Desk, play, tomorrow

RECORD = {
    "reached": True,
    "answers": [
        {"question": "fixed_first_time", "answer": "yes"},
        {"question": "work_explained", "answer": "yes"},
        {"question": "ready_on_time", "answer": "yes"},
    ],
    "scores": [{"factor": "quality", "score": 9}],
    "suggestions": "无",
    "next_step": "none",
}


@pytest.mark.duty("R1.1", "P5.1", "F1.1", "F1.3", "T1.1", "T6.1")
def test_a_visit_reaches_headquarters_through_all_four_services(house: House) -> None:
    desk = Desk(house, BRANCHES[0])
    visit = desk.check_in(1)
    assert visit["ticket"] == "A001"
    desk.at_desk(visit["visit_id"], "call", "greet", "serve")
    house.settle()
    order = desk.post(
        "appointments",
        "service_advisor",
        "/repair-orders",
        {"visit_id": visit["visit_id"], "promised_at": tomorrow(), "reason": "opening"},
    )
    for step in ("check-in", "start-work", "ready", "hand-over"):
        desk.post("appointments", "service_advisor", f"/repair-orders/{order['repair_order_id']}/{step}")
    desk.at_desk(visit["visit_id"], "complete")
    house.settle()

    due = desk.get("followup", "care_specialist", "/call-backs?state=open")["call_backs"]
    assert [call["repair_order_id"] for call in due] == [order["repair_order_id"]]
    desk.post("followup", "care_specialist", f"/call-backs/{due[0]['follow_up_id']}/attempts", {"outcome": "reached"})
    desk.post("followup", "care_specialist", f"/call-backs/{due[0]['follow_up_id']}/record", RECORD)
    house.settle()

    headquarters = house.key("reporting", "hq", ["feed", "reports"])
    client = house.client("reporting")
    day = clock.local_date(clock.now(), "Asia/Shanghai").isoformat()
    report = client.get(f"/reporting/api/v1/reports/day?branch={BRANCHES[0]}&date={day}", headers=headquarters).json
    figures = {figure["kpi"]: figure["value"] for figure in report["figures"]}
    for kpi in ("visits", "visits_completed", "repair_orders_handed_over", "call_backs_closed"):
        assert figures[kpi] == 1, kpi
    assert figures["on_time_rate"] == 100

    feed = client.get("/reporting/api/v1/feed?after=0&limit=1000", headers=headquarters).json
    assert [event["position"] for event in feed["events"]] == list(range(1, feed["head"] + 1))
    about = [event["type"].split(".", 1)[1] for event in feed["events"] if not event["source"].endswith("reporting")]
    for fact in ("visit.checked_in.v1", "repair_order.handed_over.v1", "follow_up.due.v1", "follow_up.closed.v1"):
        assert about.count(fact) == 1, fact


@pytest.mark.duty("T6.1")
def test_no_name_phone_or_plate_ever_reaches_headquarters(house: House) -> None:
    play(house, visitors=2)
    headquarters = house.key("reporting", "hq", ["feed", "reports"])
    everything = json.dumps(
        house.client("reporting").get("/reporting/api/v1/feed?after=0&limit=1000", headers=headquarters).json,
        ensure_ascii=False,
    )
    for personal in ("客人", "1390000", "京A"):
        assert personal not in everything
