"""No input gives 5xx, and no 4xx is anything but a problem: on every route there is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shared.http.bad_inputs import Route, Tried, routes
from tests.shared.http.toy import BRANCH, Desk


class KeysAtHand:
    """Headers for each kind of door, made once."""

    def __init__(self, desk: Desk) -> None:
        self.doors: dict[Any, dict[str, str]] = {
            "kiosk": desk.key("kiosk", ["notes"], BRANCH),
            "staff": desk.staff("clerk"),
            "hq": desk.key("hq", ["notes"]),
            "service": desk.key("service", ["events"]),
        }

    def __call__(self, route: Route) -> dict[str, str]:
        needs = getattr(route.view, "needs", ())
        return self.doors[needs[0].kind] if needs else {}


def test_every_route_of_the_desk_refuses_the_catalogue(small_desk: Desk) -> None:
    tried = Tried(small_desk.app, KeysAtHand(small_desk)).everything()
    assert tried.sent > 400
    assert not tried.wrong, "\n".join(tried.wrong[:40])


def test_the_catalogue_would_notice_a_route_that_takes_anything(small_desk: Desk) -> None:
    blind = Tried(small_desk.app, KeysAtHand(small_desk))
    route = next(route for route in routes(small_desk.app) if route.idempotent and route.schema)
    blind.send(route, {"name": "good", "status": [400]}, json={"text": "fine"})
    assert "201, expected [400]" in blind.wrong[0]


@pytest.mark.parametrize("body", [b"{}", b""])
def test_a_route_without_a_body_takes_none(small_desk: Desk, body: bytes) -> None:
    url = "/desk/api/v1/notes/x/shred"
    headers = {**small_desk.staff("clerk"), "Content-Type": "application/json"}
    assert small_desk.client.post(url, data=body, headers=headers).status_code == 404
    answer = small_desk.client.post(url, data=b'{"branch": "B"}', headers=headers)
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/branch")
