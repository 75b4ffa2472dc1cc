"""Repair orders: opened for a visit, taken through the workshop, promised and handed over, on both stacks."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from services.appointments.repair_orders import actions, queries
from services.appointments.repair_orders.model import RepairOrder
from shared import clock
from shared.access import SYSTEM, acting_as
from shared.db import branch_scope
from shared.http.problems import Problem
from shared.ids import uuid7
from shared.settings import actions as settings
from tests.appointments.desk import BEIJING, ORDERS, SHANGHAI, post, staff, told, visit

pytestmark = pytest.mark.duty("P5.1")


def opened(house, headers, visit_id, **more):
    answer = post(house, ORDERS, headers, {"visit_id": visit_id, **more})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


@pytest.mark.duty("P4.1", "P5.3")
def test_a_visit_becomes_an_order_that_goes_through_the_workshop(house):
    advisor, technician = staff(house, "service_advisor"), staff(house, "technician")
    visit_id = visit(house)
    soon = clock.wire(clock.now() + timedelta(hours=3))
    order = opened(house, advisor, visit_id, promised_at=soon, reason="opening")
    assert order["status"] == "draft"
    assert order["number"] == f"A{datetime.now(UTC) + timedelta(hours=8):%Y}-00001"
    assert (order["first_promised_at"], order["promised_at"]) == (soon, soon)
    one = f"{ORDERS}/{order['repair_order_id']}"
    for step, headers, status in (
        ("check-in", advisor, "checked_in"),
        ("start-work", technician, "in_work"),
        ("ready", technician, "ready"),
        ("hand-over", advisor, "handed_over"),
    ):
        answer = post(house, f"{one}/{step}", headers)
        assert (answer.status_code, answer.get_json()["status"]) == (200, status)
    assert answer.get_json()["on_time"] is True
    assert answer.headers["ETag"] == f'"{answer.get_json()["version"]}"'
    assert told(house, "appointments", f"repair_order/{order['repair_order_id']}") == [
        "repair_order.opened", "promise.made", "repair_order.checked_in", "repair_order.work_started",
        "repair_order.ready", "repair_order.handed_over",
    ]  # fmt: skip
    shown = house.client("appointments").get(one, headers=advisor).get_json()
    assert [line["kind"] for line in shown["promises"]] == ["made"]


def test_steps_out_of_turn_are_refused_and_change_nothing(house):
    advisor, technician = staff(house, "service_advisor"), staff(house, "technician")
    order = opened(house, advisor, visit(house))
    one = f"{ORDERS}/{order['repair_order_id']}"
    for step, headers in (("start-work", technician), ("ready", technician), ("hand-over", advisor)):
        answer = post(house, f"{one}/{step}", headers)
        assert (answer.status_code, answer.get_json()["type"]) == (409, "/problems/repair_order.state")
    assert house.client("appointments").get(one, headers=advisor).get_json()["version"] == order["version"]


def test_a_branch_that_wants_an_estimate_gets_one(house):
    with house.at("appointments", BEIJING):
        settings.set_value("repair_orders.skipped_stages", ["quality_check", "washing", "settled"], BEIJING)
    order = opened(house, staff(house, "service_advisor"), visit(house))
    one = f"{ORDERS}/{order['repair_order_id']}"
    assert post(house, f"{one}/check-in", staff(house, "service_advisor")).status_code == 200
    assert post(house, f"{one}/start-work", staff(house, "technician")).status_code == 409


def test_an_order_needs_a_visit_of_this_branch_that_we_have_heard_of(house):
    advisor = staff(house, "service_advisor")
    for visit_id in (uuid7(), visit(house, SHANGHAI)):
        answer = post(house, ORDERS, advisor, {"visit_id": visit_id})
        assert (answer.status_code, answer.get_json()["type"]) == (422, "/problems/unknown-reference")
        assert answer.get_json()["errors"][0]["pointer"] == "/visit_id"


def test_a_visit_has_one_order(house):
    advisor, visit_id = staff(house, "service_advisor"), visit(house)
    opened(house, advisor, visit_id)
    answer = post(house, ORDERS, advisor, {"visit_id": visit_id})
    assert (answer.status_code, answer.get_json()["type"]) == (409, "/problems/repair_order.exists")


def test_the_same_request_twice_opens_one_order(house):
    advisor, visit_id = staff(house, "service_advisor"), visit(house)
    client = house.client("appointments")
    first = client.post(ORDERS, json={"visit_id": visit_id}, headers=advisor)
    second = client.post(ORDERS, json={"visit_id": visit_id}, headers=advisor)
    assert first.status_code == second.status_code == 201
    assert first.get_json() == second.get_json()
    assert client.post(ORDERS, json={"visit_id": uuid7()}, headers=advisor).status_code == 422


def test_numbers_have_no_hole_and_no_twin_under_parallel_opening(house):
    visits = [visit(house) for _ in range(12)]
    refused = []

    def open_one(visit_id):
        with house.app("appointments").app_context(), branch_scope(BEIJING), acting_as(SYSTEM):
            try:
                actions.open_order(visit_id)
            except Problem as problem:
                refused.append(problem.code)

    # Each visit is opened by two desks at once: one of them gives its number back.
    threads = [threading.Thread(target=open_one, args=(visit_id,)) for visit_id in visits for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with house.reading("appointments", BEIJING) as session:
        serials = sorted(session.execute(select(RepairOrder.serial)).scalars())
        assert session.execute(select(func.count(RepairOrder.visit_id.distinct()))).scalar_one() == 12
    assert serials == list(range(1, 13))
    assert refused == ["repair_order.exists"] * 12


def test_the_year_of_a_number_is_the_branchs_own(house):
    first, second = visit(house), visit(house)
    with house.at("appointments", BEIJING):
        with time_machine.travel(datetime(2026, 12, 31, 15, 59, tzinfo=UTC), tick=False):
            assert actions.open_order(first).number == "A2026-00001"
        with time_machine.travel(datetime(2026, 12, 31, 16, 1, tzinfo=UTC), tick=False):
            assert actions.open_order(second).number == "A2027-00001"


@pytest.mark.duty("P5.3")
def test_every_promised_time_is_a_line_with_its_reason_and_the_first_one_is_what_counts(house):
    visit_id = visit(house)
    start = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    with house.at("appointments", BEIJING), time_machine.travel(start, tick=False) as now:
        order = actions.open_order(visit_id, start + timedelta(hours=4))
        actions.promise(order.id, start + timedelta(hours=6), "parts")
        order, _ = actions.promise(order.id, start + timedelta(hours=5), "technician")
        actions.check_in(order.id)
        actions.start_work(order.id)
        actions.finish(order.id)
        now.move_to(start + timedelta(hours=4, seconds=1))
        assert actions.hand_over(order.id).on_time is False
        with house.reading("appointments", BEIJING) as session:
            lines = queries.promises(session, order.id)
    assert [(line.kind, line.reason, line.promised_at - start) for line in lines] == [
        ("made", "opening", timedelta(hours=4)),
        ("slipped", "parts", timedelta(hours=6)),
        ("made", "technician", timedelta(hours=5)),
    ]
    assert [line.previous_promised_at for line in lines[1:]] == [line.promised_at for line in lines[:-1]]
    with house.at("appointments", BEIJING), pytest.raises(Problem) as caught:
        actions.promise(order.id, clock.now() + timedelta(hours=9), "parts")
    assert caught.value.code == "repair_order.state"


@pytest.mark.duty("P5.3")
def test_handed_over_by_the_first_promise_is_on_time_and_without_a_promise_nobody_knows(house):
    start = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    with_promise, without = visit(house), visit(house)
    with house.at("appointments", BEIJING), time_machine.travel(start, tick=False) as now:
        orders = [actions.open_order(with_promise, start + timedelta(hours=4)), actions.open_order(without)]
        for order in orders:
            for step in (actions.check_in, actions.start_work, actions.finish):
                step(order.id)
        now.move_to(start + timedelta(hours=4))
        assert [actions.hand_over(order.id).on_time for order in orders] == [True, None]


@pytest.mark.duty("P5.3")
def test_a_promise_lies_ahead_within_reason_and_says_something_new(house):
    visit_id = visit(house)
    start = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    with house.at("appointments", BEIJING), time_machine.travel(start, tick=False):
        order = actions.open_order(visit_id, start + timedelta(hours=4))
        for hours, code in (
            (-1, "time.range"),
            (0, "time.range"),
            (24 * 500, "time.range"),
            (4, "promise.unchanged"),
        ):
            with pytest.raises(Problem) as caught:
                actions.promise(order.id, start + timedelta(hours=hours), "parts")
            assert (caught.value.status, caught.value.errors[0].code) == (422, code)


def test_nobody_sees_or_touches_another_branchs_order(house):
    order = opened(house, staff(house, "service_advisor"), visit(house))
    stranger = staff(house, "branch_manager", SHANGHAI)
    one = f"{ORDERS}/{order['repair_order_id']}"
    client = house.client("appointments")
    assert client.get(one, headers=stranger).status_code == 404
    assert client.get(ORDERS, headers=stranger).get_json() == {"repair_orders": [], "next": None}
    assert post(house, f"{one}/check-in", stranger).status_code == 404
    later = {"promised_at": clock.wire(clock.now() + timedelta(hours=1)), "reason": "parts"}
    assert post(house, f"{one}/promises", stranger, later).status_code == 404


def test_each_does_what_their_post_allows(house):
    visit_id = visit(house)
    for role in ("technician", "receptionist", "care_specialist"):
        assert post(house, ORDERS, staff(house, role), {"visit_id": visit_id}).status_code == 403
    assert post(house, ORDERS, staff(house, "service_advisor"), {"visit_id": visit_id}).status_code == 201
    client = house.client("appointments")
    assert client.get(ORDERS, headers=staff(house, "receptionist")).status_code == 403
    assert client.get(ORDERS).status_code == 401


def test_lists_come_in_pages_without_gap_or_repeat(house):
    advisor = staff(house, "service_advisor")
    made = [opened(house, advisor, visit(house))["repair_order_id"] for _ in range(5)]
    client, seen, after = house.client("appointments"), [], ""
    while after is not None:
        page = client.get(f"{ORDERS}?limit=2&after={after}", headers=advisor).get_json()
        seen += [order["repair_order_id"] for order in page["repair_orders"]]
        after = page["next"]
    assert seen == made
    assert client.get(f"{ORDERS}?status=ready", headers=advisor).get_json()["repair_orders"] == []
    assert client.get(f"{ORDERS}?after=nonsense", headers=advisor).status_code == 400


def test_bad_input_is_refused_field_by_field(house):
    known = {"visit_id": "019aafff-1111-7a51-8a01-0d5f3a2b1c02"}
    advisor = staff(house, "service_advisor")
    for body, pointer in (
        ({}, "/visit_id"),
        ({"visit_id": "nonsense"}, "/visit_id"),
        ({"visit_id": 5}, "/visit_id"),
        (known | {"branch": "sh-pudong"}, "/branch"),
        (known | {"promised_at": "2026-11-23T10:00"}, "/promised_at"),
        (known | {"reason": "because"}, "/reason"),
    ):
        answer = post(house, ORDERS, advisor, body)
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json"), body
        assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


def test_a_step_refuses_words_that_it_would_not_heed(house):
    advisor = staff(house, "service_advisor")
    one = f"{ORDERS}/{opened(house, advisor, visit(house))['repair_order_id']}"
    assert post(house, f"{one}/check-in", advisor, {"status": "ready"}).status_code == 422
    assert post(house, f"{one}/check-in", advisor, {}).status_code == 200


def test_whoever_says_which_version_they_saw_is_told_when_it_is_another(house):
    advisor = staff(house, "service_advisor")
    order = opened(house, advisor, visit(house))
    one = f"{ORDERS}/{order['repair_order_id']}/check-in"
    client = house.client("appointments")
    stale = client.post(one, headers={**staff(house, "service_advisor", key=False), "If-Match": '"99"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, f'"{order["version"]}"')
    fresh = client.post(one, headers={**staff(house, "service_advisor", key=False), "If-Match": stale.headers["ETag"]})
    assert fresh.status_code == 200


def test_a_repeated_step_with_its_key_gets_the_same_answer(house):
    advisor = staff(house, "service_advisor")
    one = f"{ORDERS}/{opened(house, advisor, visit(house))['repair_order_id']}/check-in"
    headers = staff(house, "service_advisor")
    first, second = (house.client("appointments").post(one, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.get_json() == second.get_json()
    assert house.client("appointments").post(one, headers=staff(house, "service_advisor")).status_code == 409
