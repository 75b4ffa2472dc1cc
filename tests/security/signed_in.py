"""What tests of sign-in do again and again."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import time_machine

from services.reception.staff.actions import join
from shared import clock
from shared.access.ended import EndedSessions
from shared.access.issuer_away import IssuerAway
from tests.kit.house import SERVICES, House

BEIJING, SHANGHAI = "bj-chaoyang", "sh-pudong"
USER, PASSWORD = "zhou.min", "plum rain at noon"
TOKENS = "/reception/api/v1/tokens"
# A door of each service that a receptionist's or manager's token opens.
DOORS = {service: f"/{service}/api/v1/jobs/0199f0a0-0000-7000-8000-000000000001" for service in SERVICES}


def member(house: House, *roles: str, user: str = USER, branch: str = BEIJING, **more: Any) -> str:
    """Somebody who can sign in; returns their id."""
    with house.at("reception"):
        return join("周敏", branch, list(roles or ("receptionist",)), user, PASSWORD, **more)


def sign_in(house: House, password: str = PASSWORD, user: str = USER, address: str = "10.0.0.1", **more: Any) -> Any:
    """One try; the answer as it comes."""
    body = {"user": user, "password": password, **more}
    return house.client("reception").post(TOKENS, json=body, environ_base={"REMOTE_ADDR": address})


def bearer(answer: Any) -> dict[str, str]:
    """Headers with the token of an answer."""
    assert answer.status_code == 200, answer.json
    return {"Authorization": f"Bearer {answer.json['token']}"}


def refresh(house: House, secret: str) -> Any:
    """Exchange a secret."""
    return house.client("reception").post(f"{TOKENS}/refresh", json={"refresh": secret})


def statuses(house: House, headers: dict[str, str], *services: str) -> dict[str, bool]:
    """Per service, whether it lets these headers in."""
    look_again(house)
    asked = services or SERVICES
    return {name: house.client(name).get(DOORS[name], headers=headers).status_code != 401 for name in asked}


def look_again(house: House) -> None:
    """As if the two seconds had passed for which processes remember."""
    for service in SERVICES:
        EndedSessions.of(house.runtime(service).database).forget()
        IssuerAway.of(house.runtime(service).database).forget()


@contextmanager
def later(**amount: float):
    """The same, so long from now."""
    with time_machine.travel(clock.now() + timedelta(**amount)):
        yield
