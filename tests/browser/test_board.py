"""The reception board by hand and by keys; what happens elsewhere reaches it by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk
from tests.reception.door import kiosk, ticket


@pytest.mark.duty("R1.3")
def test_a_visitor_at_the_kiosk_stands_on_the_board_by_itself(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "receptionist")
    page.goto("/reception/home")
    expect(page.get_by_text("当前无人等候。")).to_be_visible()
    visit = ticket(desk.house, kiosk(desk.house), name="欧阳娜娜", plate="沪A12345")
    card = page.locator(f"#visit-{visit['visit_id']}")
    expect(card).to_contain_text("欧阳娜娜")
    expect(page).to_have_title("(1) 接待台 · 迎宾")


@pytest.mark.duty("R1.3")
def test_keys_alone_bring_a_visitor_through_the_house(desk: Desk, page: Page) -> None:
    headers = kiosk(desk.house)
    visits = [ticket(desk.house, headers, name=name) for name in ("欧阳娜娜", "林晓")]
    desk.sign_in(page, "receptionist")
    page.goto("/reception/board")
    first, second = (page.locator(f"#visit-{each['visit_id']}") for each in visits)
    page.keyboard.press("n")
    expect(first).to_contain_text("已叫号")
    expect(page.locator(".toast-card")).to_contain_text(visits[0]["ticket"])
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator("section", has=page.locator("#serving")).locator(".guest")).to_contain_text("林晓")
    page.keyboard.press("e")
    expect(page.locator(".quiet-lane")).to_contain_text("林晓")
    expect(first).to_contain_text("已叫号")


@pytest.mark.duty("R1.1")
def test_the_desk_checks_somebody_in(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "receptionist")
    page.goto("/reception/board")
    page.keyboard.press("a")
    page.get_by_label("维修").check()
    page.get_by_label("车牌").fill("沪a·d12345")
    page.get_by_label("姓名").fill("林晓")
    page.get_by_role("button", name="登记并取号").click()
    expect(page.get_by_text("请先向来宾说明。")).to_be_visible()
    expect(page.get_by_label("姓名")).to_have_value("林晓")
    page.get_by_label("已向来宾说明").check()
    page.get_by_role("button", name="登记并取号").click()
    expect(page.get_by_role("status").filter(has_text="已登记")).to_be_visible()
    expect(page.locator(".guest .plate.nev")).to_have_text("沪A·D12345")


def test_what_somebody_has_opened_stays_open_while_others_work(desk: Desk, page: Page) -> None:
    headers = kiosk(desk.house)
    visit = ticket(desk.house, headers, phone="13812345678")
    desk.sign_in(page, "receptionist")
    page.goto("/reception/board")
    card = page.locator(f"#visit-{visit['visit_id']}")
    card.locator("summary", has_text="查看电话").click()
    with page.expect_response(lambda answer: answer.url.endswith("/reception/bell") and answer.status == 200):
        another = ticket(desk.house, headers, name="林晓")
    card.get_by_role("button", name="查看").click()
    expect(card.get_by_role("link", name="+8613812345678")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(f"#visit-{another['visit_id']}")).to_be_visible()


def test_a_lost_connection_is_said_and_mended(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "receptionist")
    page.goto("/reception/board")
    page.context.set_offline(True)
    expect(page.get_by_text("网络已断开")).to_be_visible()
    visit = ticket(desk.house, kiosk(desk.house), name="林晓")
    page.context.set_offline(False)
    expect(page.get_by_text("网络已断开")).to_be_hidden()
    expect(page.locator(f"#visit-{visit['visit_id']}")).to_be_visible()
