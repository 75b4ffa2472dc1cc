"""Every page that there is, and every one to come: readable by everybody, no wider than a phone, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from services.reception.roles import ROLES
from shared.http.rates import forget
from tests.browser.conftest import NARROW, Desk
from tests.kit.house import SERVICES, House
from tests.reception.door import kiosk, ticket

ELSEWHERE = {"static", "bell", "healthz", "readyz", "metrics", "version", "refresh"}
"""Addresses without a page."""

# A number plate begins with one character; two in a row are a word.
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")
# Names of people, cars and branches stay what they are, and the language button is in the other language on purpose.
_KEPT = "[lang]:not(html), [translate=no], .plate, .sign, .brand, code"


def pages(house: House) -> Iterator[str]:
    """Addresses of pages that need no id."""
    for service in SERVICES:
        for rule in house.app(service).url_map.iter_rules():
            last = rule.rule.rpartition("/")[2]
            if "GET" not in (rule.methods or ()) or rule.arguments or "/api/" in rule.rule:
                continue
            if last not in ELSEWHERE and "." not in last:
                yield rule.rule


@pytest.fixture
def something(desk: Desk) -> None:
    """A visitor, so that lists are not empty."""
    ticket(desk.house, kiosk(desk.house), name="欧阳娜娜", phone="13812345678", plate="沪A12345")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.usefixtures("something")
def test_every_page_is_readable_by_everybody(desk: Desk, visitor: Callable[..., Page], language: str) -> None:
    small = {**NARROW, "width": 320}
    wide, phone, wide_group, phone_group = visitor(), visitor(viewport=small), visitor(), visitor(viewport=small)
    wrong: list[str] = []
    seen = 0
    for page in (wide, phone):
        desk.sign_in(page, *sorted(name for name, role in ROLES.items() if role.branch and name != "call_agent"))
    for page in (wide_group, phone_group):
        desk.sign_in(page, *sorted(name for name, role in ROLES.items() if role.group), branch="group")
    for path in pages(desk.house):
        forget()
        wide_here, phone_here = wide, phone
        answer = wide.goto(f"{path}?lang={language}")
        if answer is not None and answer.status == 403:
            # A page of headquarters.
            wide_here, phone_here = wide_group, phone_group
            answer = wide_here.goto(f"{path}?lang={language}")
        assert answer is not None
        if answer.status == 400:
            # A page that wants more than its address: its own tests open it.
            continue
        if answer.status >= 400 or "html" not in (answer.headers.get("content-type") or ""):
            wrong.append(f"{path}: {answer.status} {answer.headers.get('content-type')}")
            continue
        if "<!doctype html>" not in answer.text():
            # A part of a page, seen where it stands.
            continue
        seen += 1
        found = Axe().run(wide_here).response["violations"]
        wrong += [
            f"{path}: {each['id']} {each['nodes'][0]['html'][:160]}"
            for each in found if each["impact"] in ("serious", "critical")
        ]  # fmt: skip
        if language == "en":
            wrong += [f"{path}: {text[:80]}" for text in _texts(wide_here) if _CHINESE.search(text)]
        phone_here.goto(f"{path}?lang={language}")
        width = phone_here.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wrong.append(f"{path} is {width} wide on a small phone")
    assert not wrong, "\n".join(wrong)
    assert seen > 15


def _texts(page: Page) -> list[str]:
    """What stands on the page in the page's own words."""
    return page.evaluate(
        """kept => {
            const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) {
                const parent = walk.currentNode.parentElement;
                if (!parent.closest(kept + ", script, style, option")) found.push(walk.currentNode.data);
            }
            return found;
        }""",
        _KEPT,
    )


def test_a_page_in_the_wrong_language_is_found(page: Page) -> None:
    page.set_content("<html lang=en><p>ready</p><p lang=zh>中文</p><p>等待</p>")
    assert [text for text in _texts(page) if _CHINESE.search(text)] == ["等待"]
