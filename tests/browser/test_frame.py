"""What stands around every page: signing in, the menu, languages, keys, the bell, the way out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from services.reception.staff.actions import join
from shared.http.rates import forget
from tests.browser.conftest import NARROW, Desk
from tests.kit.house import BRANCHES

USER, PASSWORD = "zhou.min", "plum rain at noon"


def test_signing_in_with_a_name_and_a_password_opens_the_frame(desk: Desk, page: Page) -> None:
    with desk.house.at("reception"):
        join("周敏", BRANCHES[0], ["receptionist"], USER, PASSWORD)
    page.goto("/reception/sign-in")
    page.get_by_label("用户名").fill(USER)
    page.get_by_label("密码", exact=True).fill("something else")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("用户名")).to_have_value(USER)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.locator("body.signed")).to_be_visible()
    page.locator("details.person summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_label("用户名")).to_be_visible()


def test_every_word_changes_with_the_language_and_stays_so(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "branch_manager")
    page.goto("/reception/settings")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Settings")
    page.goto("/reception/account")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_question_mark_shows_the_keys_and_they_can_be_switched_off(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "receptionist")
    page.goto("/reception/account")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    sheet.get_by_label("启用单键快捷键").uncheck()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("?")
    expect(sheet).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_what_a_bell_says_reaches_an_open_page_and_silence_costs_nothing(desk: Desk, page: Page) -> None:
    client = desk.house.client("reception")
    first = client.get("/reception/bell")
    assert (first.status_code, first.data) == (200, b"")
    again = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/reception/bell", headers=again).status_code == 304
    desk.sign_in(page, "receptionist")
    assert client.get("/reception/bell", headers=again).status_code == 200


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_wider_than_a_phone(desk: Desk, visitor, width: int) -> None:
    forget()
    page = visitor(viewport={**NARROW, "width": width})
    desk.sign_in(page, "branch_manager")
    for path in ("/reception/account", "/reception/settings", "/reception/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
