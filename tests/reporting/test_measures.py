"""What one fact adds: pure functions of one event."""

from __future__ import annotations

import pytest

from services.reporting.figures import measures
from services.reporting.figures.measures import RULES, Increment, bucket
from services.reporting.kpis import BOOK
from shared import contracts


def adds(type_: str, **data: object) -> dict[str, Increment]:
    found = [rule({**contracts.get(type_).example, **data}) for rule in RULES[type_]]
    return {step.measure + step.key: step for step in found if step}


@pytest.mark.parametrize("type_", sorted(RULES))
def test_every_fact_that_is_counted_has_a_contract_and_adds_something(type_: str) -> None:
    assert adds(type_)


def test_a_greeting_counts_and_adds_its_wait_in_microseconds() -> None:
    found = adds(
        "reception.visit.greeted.v1",
        local_date="2026-11-23",
        checked_in_at="2026-11-23T02:00:00.250000Z",
        greeted_at="2026-11-23T02:03:00.000000Z",
    )
    assert found["greet_wait"] == Increment("2026-11-23", "greet_wait", "", 1, 179_750_000)
    assert found["visits_greeted"] == Increment("2026-11-23", "visits_greeted", "", 1, 0)


@pytest.mark.parametrize("greeted_at", [None, "2026-11-23T01:59:59.999999Z"], ids=["missing", "backwards"])
def test_a_wait_that_cannot_be_is_left_out_and_is_not_zero(greeted_at: str | None) -> None:
    wait = measures.lasted("greet_wait", "checked_in_at", "greeted_at")
    assert (
        wait({"local_date": "2026-11-23", "checked_in_at": "2026-11-23T02:00:00.000000Z", "greeted_at": greeted_at})
        is None
    )


def test_an_order_without_a_promise_is_not_late() -> None:
    found = adds("appointments.repair_order.handed_over.v1", on_time=None)
    assert set(found) == {"repair_orders_handed_over"}
    assert adds("appointments.repair_order.handed_over.v1", on_time=False)["on_time"][3:] == (1, 0)
    assert adds("appointments.repair_order.handed_over.v1", on_time=True)["on_time"][3:] == (1, 1)


def test_only_the_first_attempt_makes_a_call_back_an_attempted_one() -> None:
    assert adds("followup.follow_up.attempted.v1", attempt_no=1)
    assert not adds("followup.follow_up.attempted.v1", attempt_no=2)


def test_a_moved_call_back_is_due_on_one_day_only() -> None:
    found = adds(
        "followup.follow_up.moved.v1",
        previous_due_at="2026-11-26T12:00:00.000000Z",
        due_at="2026-11-27T02:30:00.000000Z",
    )
    assert found["call_backs_due12:00"] == Increment("2026-11-26", "call_backs_due", "12:00", -1, 0)
    assert found["call_backs_due02:30"] == Increment("2026-11-27", "call_backs_due", "02:30", 1, 0)


@pytest.mark.parametrize(
    ("instant", "quarter"),
    [
        ("2026-11-23T06:14:59.999999Z", "06:00"),
        ("2026-11-23T06:15:00.000000Z", "06:15"),
        ("2026-11-23T23:59:59.999999Z", "23:45"),
    ],
)
def test_an_instant_falls_in_its_quarter_hour(instant: str, quarter: str) -> None:
    assert bucket(instant) == ("2026-11-23", quarter)


def test_the_book_asks_only_for_what_is_counted() -> None:
    counted = {"calls", "calls_answered"}
    for rules in RULES.values():
        for rule in rules:
            counted |= {cell.cell_contents for cell in rule.__closure__ or () if isinstance(cell.cell_contents, str)}
    assert {measure for kpi in BOOK for measure in kpi.measures} <= counted
