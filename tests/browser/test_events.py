"""An administrator at the page of events: sees what is parked come up, lets it go on, gives it up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shared.events.handlers import Reaction
from shared.events.parking import all_parked
from tests.browser.conftest import Desk
from tests.faults.facts import call, log_calls
from tests.kit.waiting import until


@pytest.fixture
def poisoned(desk: Desk) -> Iterator[dict[str, bool]]:
    """Reporting cannot stand calls about poison, until ``cured``."""
    state = {"cured": False}

    def act(event: Any) -> None:
        if event.data["topic"] == "poison" and not state["cured"]:
            raise ValueError("this reaction never works")

    handlers = desk.house.runtime("reporting").handlers
    desk.house.suite.stop_workers()
    handlers.reactions["test.poison"] = Reaction("test.poison", frozenset({"reception.call.logged.v1"}), act)
    desk.house.suite.start_workers()
    yield state
    del handlers.reactions["test.poison"]


def parked(desk: Desk) -> int:
    with desk.house.reading("reporting") as session:
        return len(all_parked(session))


def test_a_parked_event_comes_up_by_itself_and_goes_when_it_is_released(
    desk: Desk, page: Page, poisoned: dict[str, bool]
) -> None:
    desk.sign_in(page, "system_admin", branch="group")
    with page.expect_response("**/reporting/bell"):
        page.goto("/reporting/events")
    expect(page.get_by_text("没有搁置的事实")).to_be_visible()
    expect(page.locator("#equals-reception")).to_contain_text("一致")
    log_calls(desk.house, [call("poison", 1)])
    expect(page.get_by_text("ValueError")).to_be_visible()
    expect(page.locator("#equals-reception")).to_contain_text("1 条搁置")
    poisoned["cured"] = True
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_text("没有搁置的事实")).to_be_visible()
    expect(page.locator("#equals-reception")).to_contain_text("一致")


def test_giving_up_is_asked_twice_and_written_down(desk: Desk, page: Page, poisoned: dict[str, bool]) -> None:
    who = desk.sign_in(page, "system_admin", branch="group")
    log_calls(desk.house, [call("poison", 1)])
    until(lambda: parked(desk) == 1, 10, "it is parked")
    page.goto("/reporting/events")
    expect(page.get_by_text("ValueError")).to_be_visible()
    page.get_by_text("永久放弃…").click()
    page.get_by_role("button", name="确定放弃").click()
    expect(page.get_by_text("没有搁置的事实")).to_be_visible()
    expect(page.get_by_text(f"staff/{who}")).to_be_visible()


def test_one_goes_from_service_to_service(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "system_admin", branch="group")
    page.goto("/reporting/events")
    expect(page.locator("nav.services a")).to_have_count(4)
    for number in range(4):
        page.locator("nav.services a").nth(number).click()
        expect(page.locator("nav.services [aria-current]")).to_have_count(1)
        expect(page.locator("#said-here")).to_be_visible()
