"""Calls after the handover: planned by a fact, tried, recorded, closed; on both stacks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from services.followup.call_backs import actions
from services.followup.call_backs.model import Attempt, FollowUp, FollowUpRecord
from services.followup.call_backs.records import Form
from shared import clock
from shared.http.problems import Problem
from shared.ids import uuid7
from shared.settings import actions as settings
from tests.appointments.desk import BEIJING, SHANGHAI, post, staff, told
from tests.contracts.telling import tell

pytestmark = pytest.mark.duty("F1.1")

CALLS = "/followup/api/v1/call-backs"
HANDED_OVER = "appointments.repair_order.handed_over.v1"
# A Monday, 16:40 in Beijing: due on Thursday at 20:00.
MONDAY = "2026-11-23T08:40:00.000000Z"
DONE = {"fixed_first_time": "yes", "work_explained": "yes", "ready_on_time": "no"}
ANSWERS = [{"question": question, "answer": answer} for question, answer in DONE.items()]


def handed_over(house, branch=BEIJING, at=MONDAY, **changes):
    order_id = uuid7()
    changes = {"customer_id": uuid7(), "vehicle_id": uuid7()} | changes
    tell(house, HANDED_OVER, order_id, branch, 7, repair_order_id=order_id, handed_over_at=at, **changes)
    house.settle()
    return one(house, order_id)


def one(house, order_id):
    with house.reading("followup") as session:
        return session.execute(select(FollowUp).where(FollowUp.repair_order_id == order_id)).scalar_one()


def registered(house, customer_id, **changes):
    data = {"customer_id": customer_id, "name": "欧阳娜娜", "phones": ["+8613812345678"]} | changes
    tell(house, "reception.customer.registered.v1", customer_id, "group", **data)
    house.settle()


@pytest.mark.duty("F1.2")
def test_a_handover_makes_one_call_back_due_by_the_three_day_rule(house):
    call = handed_over(house)
    assert (call.branch_id, call.status, call.rule, call.exception) == (BEIJING, "open", "third_day", None)
    assert call.due_at == datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    assert told(house, "followup", f"follow_up/{call.id}") == ["follow_up.due"]
    # The same handover said again, as another event: still one call.
    tell(house, HANDED_OVER, call.repair_order_id, BEIJING, 8, repair_order_id=call.repair_order_id)
    house.settle()
    assert one(house, call.repair_order_id).id == call.id
    assert told(house, "followup", f"follow_up/{call.id}") == ["follow_up.due"]


@pytest.mark.duty("F1.2")
def test_the_allowed_hours_are_the_branchs_own(house):
    with house.at("followup", BEIJING):
        settings.set_value("call_backs.hours", [["10:00", "11:30"]], BEIJING)
    assert handed_over(house).due_at == datetime(2026, 11, 26, 3, 30, tzinfo=UTC)
    assert handed_over(house, SHANGHAI).due_at == datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@pytest.mark.duty("F1.2")
def test_other_hours_move_what_is_open_when_they_begin_to_hold(house):
    call, elsewhere = handed_over(house), handed_over(house, SHANGHAI)
    soon = clock.now() + timedelta(hours=1)
    with house.at("followup", BEIJING):
        settings.set_value("call_backs.hours", [["10:00", "11:30"]], BEIJING)
        settings.set_value("call_backs.hours", [["10:00", "17:00"]], BEIJING, soon)
    house.settle()
    assert one(house, call.repair_order_id).due_at == datetime(2026, 11, 26, 3, 30, tzinfo=UTC)
    with house.app("followup").app_context():
        house.workers["followup"].jobs.run_due(now=soon + timedelta(seconds=1))
    assert one(house, call.repair_order_id).due_at == datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    assert told(house, "followup", f"follow_up/{call.id}") == ["follow_up.due", "follow_up.moved", "follow_up.moved"]
    assert one(house, elsewhere.repair_order_id).due_at == datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def test_the_list_comes_in_due_order_with_name_and_masked_phone(house):
    late = handed_over(house, at="2026-11-24T08:40:00.000000Z")
    early, elsewhere = handed_over(house), handed_over(house, SHANGHAI)
    registered(house, early.customer_id)
    tell(
        house, "reception.vehicle.registered.v1", early.vehicle_id, "group",
        vehicle_id=early.vehicle_id, customer_id=early.customer_id, plate="京A12345",
    )  # fmt: skip
    house.settle()
    shown = house.client("followup").get(CALLS, headers=staff(house, "care_specialist")).get_json()
    assert [each["follow_up_id"] for each in shown["call_backs"]] == [early.id, late.id]
    contact = shown["call_backs"][0]["contact"]
    assert (contact["name"], contact["phone"], contact["plate"]) == ("欧阳娜娜", "138****5678", "京A12345")
    assert shown["call_backs"][1]["contact"]["name"] is None
    assert "13812345678" not in str(shown)
    client, stranger = house.client("followup"), staff(house, "care_supervisor", SHANGHAI)
    assert [each["follow_up_id"] for each in client.get(CALLS, headers=stranger).get_json()["call_backs"]] == [
        elsewhere.id
    ]
    assert client.get(f"{CALLS}/{early.id}", headers=stranger).status_code == 404
    assert post(house, f"{CALLS}/{early.id}/attempts", stranger, {"outcome": "reached"}).status_code == 404


def test_the_list_comes_in_pages(house):
    calls = [handed_over(house, at=f"2026-11-2{day}T08:40:00.000000Z") for day in (5, 3, 3, 4, 3)]
    expected = [call.id for call in sorted(calls, key=lambda call: (call.due_at, call.id))]
    client, headers, seen, after = house.client("followup"), staff(house, "care_specialist"), [], ""
    while after is not None:
        page = client.get(f"{CALLS}?limit=2&after={after}", headers=headers).get_json()
        seen += [each["follow_up_id"] for each in page["call_backs"]]
        after = page["next"]
    assert seen == expected


@pytest.mark.duty("F1.3")
def test_a_call_is_logged_and_the_record_closes_it(house):
    call, care = handed_over(house), staff(house, "care_specialist")
    answer = post(house, f"{CALLS}/{call.id}/attempts", care, {"outcome": "not_reached", "note": "语音信箱"})
    assert answer.status_code == 201
    assert answer.get_json()["attempts"] == 1
    assert answer.get_json()["next_try_at"] is not None
    assert post(house, f"{CALLS}/{call.id}/attempts", care, {"outcome": "reached"}).status_code == 201
    record = {"reached": True, "answers": ANSWERS, "scores": [{"factor": "quality", "score": 9}], "next_step": "none"}
    answer = post(house, f"{CALLS}/{call.id}/record", care, record)
    assert answer.status_code == 201, answer.get_json()
    closed = answer.get_json()
    assert (closed["status"], closed["result"], closed["on_time"]) == ("closed", "reached", True)
    assert closed["record"]["tried"] == 2
    assert [each["outcome"] for each in closed["calls"]] == ["not_reached", "reached"]
    assert told(house, "followup", f"follow_up/{call.id}") == [
        "follow_up.due", "follow_up.attempted", "follow_up.attempted", "follow_up.closed",
    ]  # fmt: skip
    client = house.client("followup")
    assert client.get(CALLS, headers=care).get_json()["call_backs"] == []
    assert len(client.get(f"{CALLS}?state=closed", headers=care).get_json()["call_backs"]) == 1
    for path, body in (("attempts", {"outcome": "busy"}), ("record", record)):
        refused = post(house, f"{CALLS}/{call.id}/{path}", care, body)
        assert (refused.status_code, refused.get_json()["type"]) == (409, "/problems/call_back.closed")


@pytest.mark.duty("F1.3")
def test_an_incomplete_record_says_what_is_missing_and_closes_nothing(house):
    call, care = handed_over(house), staff(house, "care_specialist")
    path = f"{CALLS}/{call.id}/record"
    answer = post(house, path, care, {"reached": True, "answers": ANSWERS[:1]})
    assert (answer.status_code, answer.get_json()["type"]) == (422, "/problems/record-incomplete")
    assert [each["pointer"] for each in answer.get_json()["errors"]] == [
        "/reached", "/answers/work_explained", "/answers/ready_on_time", "/next_step",
    ]  # fmt: skip
    assert one(house, call.repair_order_id).status == "open"
    assert post(house, path, care, {"reached": "yes"}).status_code == 422
    assert post(house, path, care, {"scores": [{"factor": "quality", "score": 11}]}).status_code == 422
    assert post(house, path, care, {"answers": [ANSWERS[0], ANSWERS[0]]}).status_code == 422


@pytest.mark.duty("F1.3")
def test_not_reached_closes_only_after_the_last_try(house):
    call = handed_over(house)
    not_reached = Form(reached=False, next_step="none")
    with house.at("followup", BEIJING):
        for attempt in range(3):
            day = datetime(2026, 11, 24, 2, 0, tzinfo=UTC) + timedelta(hours=20 * attempt)
            with time_machine.travel(day, tick=False):
                with pytest.raises(Problem):
                    actions.complete(call.id, not_reached)
                actions.log_attempt(call.id, "not_reached")
        closed, _ = actions.complete(call.id, not_reached)
    assert (closed.result, closed.attempts, closed.on_time) == ("not_reached", 3, True)


@pytest.mark.duty("F1.2")
def test_after_a_refusal_nobody_calls_again(house):
    call = handed_over(house)
    with house.at("followup", BEIJING), time_machine.travel(datetime(2026, 11, 27, 2, 0, tzinfo=UTC), tick=False):
        tried, _ = actions.log_attempt(call.id, "refused")
        assert tried.next_try_at is None
        closed, _ = actions.complete(call.id, Form(reached=False, next_step="none"))
    # Tried for the first time on Friday; due was Thursday, 20:00.
    assert (closed.result, closed.on_time) == ("refused", False)


def test_the_customer_may_choose_a_better_time(house):
    call = handed_over(house)
    wish = datetime(2026, 11, 28, 13, 30, tzinfo=UTC)
    tuesday = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    with house.at("followup", BEIJING), time_machine.travel(tuesday, tick=False) as now:
        moved, _ = actions.log_attempt(call.id, "asked_later", asked_for=wish)
        assert (moved.due_at, moved.rule, moved.next_try_at) == (wish, "customer_asked", wish)
        now.move_to(wish - timedelta(minutes=1))
        actions.log_attempt(call.id, "reached")
        closed, _ = actions.complete(call.id, Form(reached=True, answers=DONE, next_step="none"))
    assert closed.on_time is True
    assert told(house, "followup", f"follow_up/{call.id}") == [
        "follow_up.due", "follow_up.attempted", "follow_up.moved", "follow_up.attempted", "follow_up.closed",
    ]  # fmt: skip


def test_a_call_that_makes_no_sense_is_refused(house):
    call, care = handed_over(house), staff(house, "care_specialist")
    for body, code in (
        ({"outcome": "abducted"}, "call_back.unknown_outcome"),
        ({"outcome": "asked_later"}, "call_back.time_needed"),
        ({"outcome": "reached", "asked_for": "2026-11-28T10:00:00+08:00"}, "call_back.time_unasked"),
        ({"outcome": "asked_later", "asked_for": "2020-11-28T10:00:00+08:00"}, "time.range"),
        ({}, "field.required"),
        ({"outcome": "reached", "note": "a\u0000b"}, "text.control"),
    ):
        answer = post(house, f"{CALLS}/{call.id}/attempts", care, body)
        assert answer.status_code == 422
        assert code in [each["code"] for each in answer.get_json()["errors"]]
    assert one(house, call.repair_order_id).attempts == 0


def test_the_same_call_logged_twice_counts_once(house):
    call, care = handed_over(house), staff(house, "care_specialist")
    client, path = house.client("followup"), f"{CALLS}/{call.id}/attempts"
    first, second = (client.post(path, json={"outcome": "busy"}, headers=care) for _ in range(2))
    assert first.get_json() == second.get_json()
    assert one(house, call.repair_order_id).attempts == 1


def test_only_customer_care_does_this(house):
    call = handed_over(house)
    for role in ("service_advisor", "receptionist", "technician"):
        headers = staff(house, role)
        assert house.client("followup").get(CALLS, headers=headers).status_code == 403
        assert post(house, f"{CALLS}/{call.id}/attempts", headers, {"outcome": "reached"}).status_code == 403
        record = {"reached": True, "answers": ANSWERS, "next_step": "none"}
        assert post(house, f"{CALLS}/{call.id}/record", headers, record).status_code == 403


@pytest.mark.duty("F1.2")
def test_a_forgotten_person_is_called_no_more_and_no_word_about_them_stays(house):
    call = handed_over(house)
    registered(house, call.customer_id)
    with house.at("followup", BEIJING):
        actions.log_attempt(call.id, "asked_later", "住在朝阳路", asked_for=clock.now() + timedelta(days=1))
    done = handed_over(house, customer_id=call.customer_id)
    with house.at("followup", BEIJING):
        actions.log_attempt(done.id, "reached", "喜欢喝茶")
        actions.complete(done.id, Form(True, DONE, {}, "少让我等", "none"))
    forget(house, call.customer_id)
    with house.reading("followup") as session:
        assert session.execute(select(Attempt.note)).scalars().all() == [None, None]
        assert session.execute(select(FollowUpRecord.suggestions)).scalars().all() == [None]
    closed = one(house, call.repair_order_id)
    assert (closed.status, closed.result) == ("closed", "forgotten")
    assert one(house, done.repair_order_id).result == "reached"
    shown = house.client("followup").get(f"{CALLS}/{call.id}", headers=staff(house, "care_specialist")).get_json()
    assert (shown["contact"]["name"], shown["contact"]["phone"], shown["contact"]["forgotten"]) == (None, None, True)


def forget(house, customer_id, *vehicle_ids):
    ids = {"customer_id": customer_id, "vehicle_ids": list(vehicle_ids), "consent_ids": [], "contact_ids": []}
    tell(house, "reception.customer.forgotten.v1", customer_id, "group", 9, **ids)
    house.settle()
