"""Managers and headquarters at their figures: live, opened, sorted, on a phone, by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from services.reporting.figures.model import DailyFigure
from tests.browser.conftest import NARROW, Desk
from tests.kit.house import BRANCHES
from tests.kit.waiting import until
from tests.reception.door import kiosk, move, staff, ticket


def arrive(desk: Desk, purpose: str = "maintenance") -> None:
    """A visitor, greeted at once."""
    visit = ticket(desk.house, kiosk(desk.house), purpose=purpose)
    people = staff(desk.house)
    for verb in ("call", "greet"):
        assert move(desk.house, people, visit["visit_id"], verb).status_code == 200


def counted(desk: Desk, visits: int) -> None:
    """Wait until reporting has counted them: what is counted while a page opens is on it or not."""

    def there() -> bool:
        with desk.house.reading("reporting") as session:
            found = session.scalar(select(func.sum(DailyFigure.n)).where(DailyFigure.measure == "visits_greeted"))
        return found == visits

    until(there, 10, "every visit is counted")


def open_live(page: Page, path: str) -> None:
    """Open a page and wait until it listens."""
    with page.expect_response("**/reporting/bell"):
        page.goto(path)


def test_the_day_follows_the_facts_by_itself(desk: Desk, page: Page) -> None:
    arrive(desk)
    counted(desk, 1)
    desk.sign_in(page, "branch_manager")
    open_live(page, "/reporting/today")
    number = page.locator("#tile-visits .number b")
    expect(number).to_have_text("1")
    expect(page.locator("#chart-arrived canvas")).to_be_visible()
    ticket(desk.house, kiosk(desk.house))
    expect(number).to_have_text("2")
    # The chart is drawn anew. What is unfolded is brought up to date once it is folded again.
    expect(page.locator("#chart-arrived canvas")).to_be_visible()
    page.locator("#arrivals-table summary").click()
    expect(page.locator("#arrivals-table table")).to_be_visible()
    expect(page.locator("#arrivals-table tbody td").first).to_have_text("2")


def test_a_figure_opens_its_facts_and_its_meaning(desk: Desk, page: Page) -> None:
    arrive(desk, "bodywork")
    counted(desk, 1)
    desk.sign_in(page, "branch_manager")
    page.goto("/reporting/today")
    expect(page.locator("#tile-visits .number b")).to_have_text("1")
    page.locator("#tile-visits .number").click()
    expect(page.get_by_role("row").filter(has_text="钣喷")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="“准时交车率”的定义").click()
    expect(page.get_by_text("不晚于首次承诺时间的数 ÷ 有承诺的数")).to_be_visible()


def test_the_days_are_turned_by_keys(desk: Desk, page: Page) -> None:
    arrive(desk)
    counted(desk, 1)
    desk.sign_in(page, "branch_manager")
    page.goto("/reporting/today")
    expect(page.locator("#tile-visits .number b")).to_have_text("1")
    page.keyboard.press("[")
    expect(page.get_by_text("这一天还没有人到店")).to_be_visible()
    expect(page.locator("#tile-visits .number b")).to_have_text("0")
    page.keyboard.press("t")
    expect(page.locator("#tile-visits .number b")).to_have_text("1")


def test_all_branches_on_a_phone(desk: Desk, visitor: Callable[..., Page]) -> None:
    page = visitor(viewport=NARROW)
    arrive(desk)
    counted(desk, 1)
    desk.sign_in(page, "hq_analyst", branch="group")
    page.goto("/reporting/branches")
    expect(page.locator(f"#at-{BRANCHES[0]}-visits b")).to_have_text("1")
    expect(page.locator(f"#at-{BRANCHES[1]}-visits b")).to_have_text("—")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "only the table itself may be wider"
    first = page.locator(f"#line-{BRANCHES[0]} th")
    left = first.bounding_box()["x"]
    page.locator(".matrix").evaluate("each => each.scrollLeft = 400")
    assert first.bounding_box()["x"] == left, "the first column stands"
    page.locator(".matrix").evaluate("each => each.scrollLeft = 0")
    with page.expect_response("**/reporting/bell"):
        page.get_by_role("link", name="来店人次", exact=True).click()
    expect(page.locator("th[aria-sort=descending]")).to_have_text("来店人次")
    arrive(desk)
    expect(page.locator(f"#at-{BRANCHES[0]}-visits b")).to_have_text("2")


def test_the_feed_grows_by_itself_and_stays_filtered(desk: Desk, page: Page) -> None:
    arrive(desk)
    counted(desk, 1)
    desk.sign_in(page, "hq_analyst", branch="group")
    page.goto("/reporting/feed")
    expect(page.locator("tbody tr").filter(has_text="访客已登记")).to_have_count(1)
    page.get_by_label("事实类型").select_option("reception.visit.checked_in.v1")
    with page.expect_response("**/reporting/bell"):
        page.get_by_role("button", name="查看").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    ticket(desk.house, kiosk(desk.house))
    expect(page.locator("tbody tr")).to_have_count(2)
