"""Somebody for each door of a service, with every right there is: no refusal is for lack of rights."""

from __future__ import annotations

from typing import Any

from shared.access import SYSTEM, acting_as, signing
from shared.db import every_branch
from tests.kit.house import BRANCHES, House

SOMEBODY = "0199f0a0-0000-7000-8000-000000000001"
ALWAYS = {"kiosk": {"check_ins"}, "hq": {"feed", "reports", "staff.labels"}, "service": {"events"}}


class KeysAtHand:
    """Headers for each kind of actor; called with a route, those of the first kind that its guard lets in."""

    def __init__(self, house: House, service: str, branch: str = BRANCHES[0]) -> None:
        app = house.app(service)
        roles = sorted({role for granted in house.runtime(service).service.permissions.values() for role in granted})
        with house.app("reception").app_context(), every_branch(), acting_as(SYSTEM):
            token = signing.issue(SOMEBODY, "wang", branch, roles)
        self.doors: dict[str, dict[str, str]] = {"staff": {"Authorization": f"Bearer {token}"}}
        for kind, always in ALWAYS.items():
            # The scopes that doors of this service ask for, so that a new one is opened too.
            asked = {need.scope for view in app.view_functions.values() for need in getattr(view, "needs", ())
                     if need.kind == kind and need.scope}
            self.doors[kind] = house.key(service, kind, sorted(always | asked), branch if kind == "kiosk" else None)

    def __call__(self, route: Any) -> dict[str, str]:
        needs = getattr(route.view, "needs", ())
        return self.doors[needs[0].kind] if needs else {}
