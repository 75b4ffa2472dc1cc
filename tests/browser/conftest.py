"""A browser, and the four services on one address with everything running behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from deploy.packages import chromium_bin
from services.reception.staff import sessions
from services.reception.staff.actions import join
from services.reception.staff.model import Staff
from shared.db import every_branch, transaction
from tests.kit.house import BRANCHES, House

expect.set_options(timeout=8_000)
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """The services write their own lines."""


class Desk:
    """The house behind an address, and people who sign in."""

    def __init__(self, house: House, address: str) -> None:
        self.house = house
        self.address = address

    def sign_in(self, where: BrowserContext | Page, *roles: str, branch: str = BRANCHES[0], label: str = "周敏") -> str:
        """A new person of these roles is signed in there; returns the person's id. ``branch``: also ``group``."""
        house, context = self.house, where.context if isinstance(where, Page) else where
        with house.at("reception"), every_branch():
            staff_id = join(label, branch, list(roles))
            with transaction() as session:
                member = session.get_one(Staff, staff_id)
                begun = sessions.begin(session, member, branch, frozenset(roles), "", "test")
            context.add_cookies([{"name": "yingbin", "value": begun.token(), "url": self.address}])
        return staff_id


@pytest.fixture
def stack() -> str:
    """Browser tests run embedded; the journeys that also run on the real servers are in tests/journeys."""
    return "embedded"


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    """Everything runs by itself, as under ``make run``."""
    house.let_go()
    server = make_server("127.0.0.1", 0, house.suite.front_door, threaded=True, request_handler=_Quiet)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    serving.start()
    house.suite.start_workers()
    try:
        yield Desk(house, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        house.suite.stop_workers()
        server.server_close()
        serving.join(timeout=5)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for a test process."""
    program = chromium_bin()
    assert program, "browser tests need Chromium: python -m deploy.packages chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(program), args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def visitor(browser: Browser, desk: Desk) -> Iterator[Callable[..., Page]]:
    """``visitor(viewport=NARROW, locale="en-US")``: a page of its own browser. An error on a page fails the test."""
    opened: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(**options: Any) -> Page:
        given = {"viewport": WIDE, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", "base_url": desk.address}
        context = browser.new_context(**{**given, **options})
        context.set_default_timeout(8_000)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if _is_ours(line.type, line.text) else None)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert wrong == []


def _is_ours(kind: str, text: str) -> bool:
    # The browser itself notes each answer that is no success; tests look at what the page makes of it.
    return kind == "error" and not any(each in text for each in ("Failed to load resource", "Failed to fetch"))


@pytest.fixture
def page(visitor: Callable[..., Page]) -> Page:
    """A wide page in Chinese."""
    return visitor()
