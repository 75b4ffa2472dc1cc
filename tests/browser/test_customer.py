"""One customer over all services; one that is down says so in its own part and hides no other."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk
from tests.reception.door import kiosk, ticket


@pytest.mark.duty("R10.1")
def test_with_followup_stopped_the_rest_shows_and_its_part_says_so(desk: Desk, page: Page) -> None:
    ticket(desk.house, kiosk(desk.house), name="欧阳娜娜", phone="13812345678", plate="沪A12345")
    desk.sign_in(page, "receptionist", "service_advisor", "care_specialist")
    page.route("**/followup/customers/**", lambda route: route.abort())
    page.goto("/reception/board")
    page.keyboard.press("/")
    page.keyboard.type("oynn")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="欧阳娜娜").click()
    expect(page.locator("#part-reception")).to_contain_text("保养")
    expect(page.locator("#part-followup")).to_contain_text("暂时无法取得")
    expect(page.locator("#part-appointments")).not_to_contain_text("暂时无法取得")
    page.unroute("**/followup/customers/**")
    page.locator("#part-followup").get_by_role("button", name="重试").click()
    expect(page.locator("#part-followup")).not_to_contain_text("暂时无法取得")


def test_a_service_that_answers_with_an_error_says_so_too(desk: Desk, page: Page) -> None:
    ticket(desk.house, kiosk(desk.house), name="欧阳娜娜")
    desk.sign_in(page, "receptionist", "service_advisor", "care_specialist")
    page.route("**/appointments/customers/**", lambda route: route.fulfill(status=503, body="{}"))
    page.goto("/reception/customers?q=欧阳")
    page.get_by_role("link", name="欧阳娜娜").click()
    expect(page.locator("#part-appointments")).to_contain_text("暂时无法取得")
    expect(page.locator("#part-reception")).to_contain_text("A001")
