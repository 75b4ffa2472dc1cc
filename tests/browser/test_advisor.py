"""An advisor's duty in a browser: from somebody who came to a car that is handed over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from shared import clock
from shared.ids import uuid7
from tests.browser.conftest import NARROW, Desk
from tests.contracts.telling import tell
from tests.kit.house import BRANCHES

pytestmark = pytest.mark.duty("P5.1")
HERE = BRANCHES[0]


def somebody_came(desk: Desk, ticket: str = "A013", plate: str = "京AD12345", **changes) -> str:
    """A visitor with a car who checked in just now; the visit's id."""
    customer, car, visit_id = uuid7(), uuid7(), uuid7()
    kind = "new_energy" if len(plate) == 8 else "ordinary"
    tell(desk.house, "reception.customer.registered.v1", customer, "group", customer_id=customer, name="陈建国")
    tell(desk.house, "reception.vehicle.registered.v1", car, "group", vehicle_id=car, customer_id=customer,
         plate=plate, plate_kind=kind)  # fmt: skip
    now = clock.now()
    given = {
        "visit_id": visit_id, "customer_id": customer, "vehicle_id": car, "ticket": ticket,
        "local_date": clock.local_date(now, "Asia/Shanghai").isoformat(), "checked_in_at": clock.wire(now),
    }  # fmt: skip
    tell(desk.house, "reception.visit.checked_in.v1", visit_id, HERE, **given | changes)
    return visit_id


def promise(page: Page, ahead: timedelta, reason: str) -> None:
    """Fill in the small form."""
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    at = clock.local(clock.now() + ahead, "Asia/Shanghai")
    sheet.get_by_label("预计可交车时间").fill(f"{at:%Y-%m-%dT%H:%M}")
    sheet.get_by_label("原因").select_option(reason)
    sheet.get_by_role("button", name="保存承诺").click()


@pytest.mark.duty("P5.3")
def test_from_an_arrival_to_a_car_handed_over(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "service_advisor", label="陈立")
    page.goto("/appointments/desk")
    expect(page.get_by_text("现在没有等待开单的客户。")).to_be_visible()
    visit_id = somebody_came(desk)
    # The bell brings it, without anybody reloading.
    came = page.locator(f"#arrival-{visit_id}")
    expect(came).to_contain_text("陈建国")
    expect(came).to_contain_text("京A·D12345")
    page.keyboard.press("o")
    card = page.locator("article[id^=order-]")
    expect(card).to_contain_text("待接车")
    expect(came).to_have_count(0)
    expect(page.get_by_text("已开工单")).to_be_visible()
    page.keyboard.press("j")
    expect(card).to_have_class("tile sel")
    page.keyboard.press("p")
    page.get_by_role("dialog").get_by_role("button", name="保存承诺").click()
    expect(page.locator("#promised_at-fault")).to_be_visible()
    promise(page, timedelta(hours=3), "opening")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(card).to_contain_text("还有 2 小时")
    for word in ("待派工", "在修", "待交车"):
        page.keyboard.press(">")
        expect(card).to_contain_text(word)
    card.get_by_role("link", name="更改承诺").click()
    promise(page, timedelta(hours=5), "parts")
    expect(card).to_contain_text("还有 4 小时")
    address = card.locator(".line a").get_attribute("href")
    card.get_by_role("button", name="交车").click()
    expect(page.get_by_text("您手上没有在店工单。")).to_be_visible()
    page.goto(address or "")
    expect(page.locator(".timeline")).to_contain_text("承诺延后到")
    expect(page.get_by_text("按首次承诺准时", exact=True)).to_be_visible()


def test_somebody_who_was_slower_reads_it_on_the_card(desk: Desk, visitor) -> None:
    first, second = visitor(), visitor()
    desk.sign_in(first, "service_advisor", label="陈立")
    desk.sign_in(second, "service_manager", label="韩毅")
    visit_id = somebody_came(desk)
    first.goto("/appointments/desk")
    expect(first.locator(f"#arrival-{visit_id}")).to_be_visible()
    first.get_by_role("button", name="开工单").click()
    expect(first.locator("article[id^=order-]")).to_be_visible()
    second.goto("/appointments/desk?of=all")
    second.get_by_role("button", name="暂停更新").click()
    first.get_by_role("button", name="接车", exact=True).click()
    expect(first.locator("article[id^=order-]")).to_contain_text("待派工")
    second.get_by_role("button", name="接车", exact=True).click()
    alert = second.locator("article[id^=order-]").get_by_role("alert")
    expect(alert).to_be_visible()
    expect(second.locator("article[id^=order-]")).to_contain_text("待派工")


def test_the_desk_fits_a_phone(desk: Desk, visitor) -> None:
    for width in (320, 390):
        page = visitor(viewport={**NARROW, "width": width})
        desk.sign_in(page, "service_advisor")
        somebody_came(desk)
        page.goto("/appointments/desk")
        expect(page.get_by_role("button", name="开工单").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
