"""Managers keep their people and kiosks by hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk


@pytest.mark.duty("R8.1")
def test_a_manager_lets_somebody_join_and_gives_them_another_role(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "branch_manager")
    page.goto("/reception/account")
    page.get_by_role("navigation").get_by_role("link", name="员工与权限").click()
    page.keyboard.press("n")
    page.get_by_label("姓名").fill("林晓")
    page.get_by_role("button", name="加入").click()
    expect(page.get_by_text("至少").first).to_be_visible()
    page.get_by_label("前台接待").check()
    page.get_by_role("button", name="加入").click()
    expect(page.get_by_role("heading", name="林晓")).to_be_visible()
    page.get_by_label("销售顾问").check()
    page.locator("section", has_text="不选任何岗位").get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").filter(has_text="岗位已更新")).to_be_visible()
    expect(page.get_by_label("销售顾问")).to_be_checked()


@pytest.mark.duty("R12.1")
def test_a_manager_makes_a_code_for_a_kiosk_and_lets_it_go_again(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "branch_manager")
    page.goto("/reception/kiosks")
    page.get_by_label("名称").fill("正门左侧")
    page.get_by_role("button", name="生成代码").click()
    code = page.locator(".code-large").inner_text()
    made = desk.house.client("reception").post("/reception/api/v1/kiosks/enrolments", json={"code": code})
    assert made.status_code == 201
    page.goto("/reception/kiosks")
    page.locator("summary", has_text="停用").click()
    page.get_by_role("button", name="确认停用").click()
    expect(page.get_by_role("table")).to_contain_text("已停用")
