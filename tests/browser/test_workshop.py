"""The workshop's lanes in a browser: cars go on without a mouse, and the wall says nothing of people."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from shared import clock
from tests.appointments.desk import BEIJING, ORDERS, post, staff
from tests.browser.conftest import NARROW, Desk
from tests.browser.test_advisor import somebody_came
from tests.kit.waiting import until

pytestmark = pytest.mark.duty("P5.1")


def ordered(desk: Desk, plate: str, **promise) -> str:
    """An order for a car that came; its id."""
    visit_id, advisor = somebody_came(desk, plate=plate), staff(desk.house, "service_advisor", BEIJING)

    made: list[str] = []

    def opened() -> bool:
        answer = post(desk.house, ORDERS, advisor, {"visit_id": visit_id, **promise})
        if answer.status_code == 201:
            made.append(answer.json["repair_order_id"])
        return bool(made)

    until(opened, 8, "the visit was never heard of")
    return made[0]


def test_a_car_goes_through_the_lanes_by_keys(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "service_manager", label="韩毅")
    page.goto("/appointments/workshop")
    expect(page.get_by_text("车间里没有车。")).to_be_visible()
    order = ordered(desk, "京A8K216")
    card = page.locator(f"#order-{order}")
    expect(card).to_contain_text("京A·8K216")
    page.keyboard.press("j")
    for lane in ("checked_in", "in_work", "ready"):
        page.keyboard.press(">")
        expect(page.locator(f"section[aria-labelledby=lane-{lane}] #order-{order}")).to_be_visible()
    page.keyboard.press(">")
    expect(card).to_have_count(0)


def test_what_is_late_is_on_top_in_red_with_a_word(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "workshop_controller")
    soon = clock.now() + timedelta(seconds=4)
    calm = ordered(desk, "京B5Q702", promised_at=clock.wire(clock.now() + timedelta(hours=3)))
    late = ordered(desk, "京C6L330", promised_at=clock.wire(soon))
    until(lambda: clock.now() > soon, 8)
    page.goto("/appointments/workshop")
    cards = page.locator("article[id^=order-]")
    expect(cards.nth(0)).to_have_id(f"order-{late}")
    expect(cards.nth(0)).to_contain_text("已超时")
    expect(cards.nth(1)).to_have_id(f"order-{calm}")
    expect(page.get_by_text("1 辆超时")).to_be_visible()


def test_the_wall_shows_numbers_and_nobody(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "workshop_controller")
    page.goto("/appointments/workshop/wall")
    order = ordered(desk, "京A8K216")
    expect(page.locator(f"#order-{order}")).to_contain_text("00001")
    assert not re.search("8K216|陈", page.content())
    assert page.locator("button, input, main a").count() == 0


def test_the_lanes_fit_a_phone(desk: Desk, visitor) -> None:
    page = visitor(viewport=NARROW)
    desk.sign_in(page, "technician")
    ordered(desk, "京AD91527")
    page.goto("/appointments/workshop")
    expect(page.get_by_text("京A·D91527")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
