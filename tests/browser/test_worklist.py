"""A specialist's duty in a browser: from a call-back that is due to its complete record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from services.followup.call_backs.model import FollowUp
from shared import clock
from shared.ids import uuid7
from tests.browser.conftest import NARROW, Desk
from tests.contracts.telling import tell
from tests.kit.house import BRANCHES
from tests.kit.waiting import until

pytestmark = pytest.mark.duty("F1.1")


def handed_over(desk: Desk, name: str = "陈建国", days: int = 1, **changes) -> str:
    """A car went back to its owner some days ago; the id of the call-back, once it is planned."""
    house, order, customer, car = desk.house, uuid7(), uuid7(), uuid7()
    at = clock.wire(clock.now() - timedelta(days=days))
    tell(house, "reception.customer.registered.v1", customer, "group", customer_id=customer, name=name,
         phones=["+8613812345678"])  # fmt: skip
    tell(house, "reception.vehicle.registered.v1", car, "group", vehicle_id=car, plate="京AD91527",
         plate_kind="new_energy", customer_id=customer)  # fmt: skip
    tell(house, "appointments.repair_order.handed_over.v1", order, BRANCHES[0], 7, repair_order_id=order,
         handed_over_at=at, opened_at=at, customer_id=customer, vehicle_id=car, **changes)  # fmt: skip

    found: list[str] = []

    def planned() -> bool:
        with house.reading("followup", BRANCHES[0]) as session:
            found[:] = session.execute(select(FollowUp.id).where(FollowUp.repair_order_id == order)).scalars()
        return bool(found)

    until(planned, 8, "no call-back was planned")
    return found[0]


@pytest.mark.duty("F1.3")
def test_from_a_call_that_is_due_to_its_complete_record(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "care_specialist", label="苏婉")
    page.goto("/followup/worklist")
    expect(page.get_by_text("今日任务完成")).to_be_visible()
    second = handed_over(desk, "赵一诺", days=8)
    first = handed_over(desk, "陈建国", days=9, on_time=False)
    # The bell brings them, the longest overdue on top.
    calls = page.locator("li.call")
    expect(calls).to_have_count(2)
    expect(calls.first).to_contain_text("陈建国")
    expect(calls.first).to_contain_text("已超期")
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page).to_have_url(f"{desk.address}/followup/call-backs/{first}")
    expect(page.get_by_text("请先致歉")).to_be_visible()
    expect(page.locator(".script")).to_contain_text("我是bj-chaoyang的苏婉")
    page.keyboard.press("r")
    number = page.get_by_role("link", name="+8613812345678")
    expect(number).to_have_attribute("href", "tel:+8613812345678")
    expect(page.get_by_text("已记录：您查看了此号码。")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_label("已接听")).to_be_checked()
    page.get_by_label("备注").fill("很客气")
    page.get_by_role("button", name="登记致电").click()
    expect(page.get_by_text("已登记，请填写回访记录。")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("很客气")
    page.get_by_label("客户意见与建议").fill("希望提前告知延误")
    page.get_by_role("button", name="完成回访").click()
    expect(page.get_by_role("alert")).to_contain_text("还有 4 处")
    expect(page.get_by_label("客户意见与建议")).to_have_value("希望提前告知延误")
    for question in ("上次的问题一次就修好了吗？", "维修项目和费用向您解释清楚了吗？", "是否按答应的时间交车？"):
        page.get_by_role("group", name=question).get_by_label("是", exact=True).check()
    page.get_by_label("下一步").select_option("thank")
    page.keyboard.press("Alt+n")
    expect(page).to_have_url(f"{desk.address}/followup/call-backs/{second}")
    page.goto(f"/followup/call-backs/{first}")
    expect(page.get_by_text("表示感谢")).to_be_visible()
    page.goto("/followup/worklist?of=done")
    expect(page.locator("li.call")).to_contain_text("陈建国")


def test_one_moves_through_the_calls_by_keys(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "care_specialist")
    ids = [handed_over(desk, days=days) for days in (9, 8, 7)]
    page.goto(f"/followup/call-backs/{ids[0]}")
    for key, there in (("Alt+j", ids[1]), ("Alt+j", ids[2]), ("Alt+k", ids[1])):
        page.keyboard.press(key)
        expect(page).to_have_url(f"{desk.address}/followup/call-backs/{there}")


def test_a_time_is_asked_for_only_where_it_belongs_and_the_page_fits_a_phone(desk: Desk, visitor) -> None:
    page = visitor(viewport={**NARROW, "width": 320})
    desk.sign_in(page, "care_specialist")
    call = handed_over(desk)
    for path in ("/followup/worklist", f"/followup/call-backs/{call}"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    expect(page.get_by_label("客户希望的时间")).to_be_hidden()
    page.get_by_role("radio", name="另约时间").check()
    expect(page.get_by_label("客户希望的时间")).to_be_visible()
