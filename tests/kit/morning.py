"""A short morning at two branches, played through the API: visitors, a repair order each, a call-back, some calls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.reception.staff import actions as staff
from shared import clock
from tests.faults.facts import call, log_calls
from tests.kit.house import BRANCHES, House

PASSWORD = "a-long-enough-phrase"


class Desk:
    """People of one branch with their tokens, and its kiosk."""

    def __init__(self, house: House, branch: str) -> None:
        self.house = house
        self.branch = branch
        self._made = 0
        self._tokens = {role: self._sign_in(role) for role in ("receptionist", "service_advisor", "care_specialist")}
        self._kiosk = {"Authorization": f"Bearer {house.kiosk_key(branch)}"}

    def check_in(self, number: int, purpose: str = "maintenance") -> dict[str, Any]:
        """Visitor ``number`` at the kiosk."""
        body = {
            "purpose": purpose, "name": f"客人{number}", "phone": f"1390000{number:04d}", "plate": f"京A{number:05d}",
            "consent": {"version": "2026-01", "purposes": ["survey"]}, "occurred_at": clock.wire(clock.now()),
        }  # fmt: skip
        headers = {**self._kiosk, "Idempotency-Key": f"{self.branch}-{number}"}
        url = "/reception/api/v1/check-ins"
        return self._answered(self.house.client("reception").post(url, json=body, headers=headers))

    def at_desk(self, visit_id: str, *steps: str) -> None:
        """call, greet, serve, complete, leave."""
        for step in steps:
            self.post("reception", "receptionist", f"/visits/{visit_id}/{step}")

    def post(self, service: str, role: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """A POST of a member of staff."""
        self._made += 1
        headers = self._as(role) | {"Idempotency-Key": f"{self.branch}-{role}-{self._made}"}
        url = f"/{service}/api/v1{path}"
        return self._answered(self.house.client(service).post(url, json=body or {}, headers=headers))

    def get(self, service: str, role: str, path: str) -> dict[str, Any]:
        """A GET of a member of staff."""
        return self._answered(self.house.client(service).get(f"/{service}/api/v1{path}", headers=self._as(role)))

    def _as(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[role]}"}

    def _sign_in(self, role: str) -> str:
        user = f"{role}.{self.branch}"
        with self.house.at("reception"):
            staff.join(user, self.branch, [role], user, PASSWORD)
        body = {"user": user, "password": PASSWORD}
        return self._answered(self.house.client("reception").post("/reception/api/v1/tokens", json=body))["token"]

    @staticmethod
    def _answered(answer: Any) -> dict[str, Any]:
        assert answer.status_code < 300, (answer.status_code, answer.get_data(as_text=True))
        return answer.json


def tomorrow() -> str:
    """A time that can be promised and kept."""
    return clock.wire(clock.now() + timedelta(days=1))


def play(house: House, visitors: int = 4) -> list[Desk]:
    """The morning; the facts come to rest in between, as they do within milliseconds in a running house."""
    desks = [Desk(house, branch) for branch in BRANCHES]
    house.settle()
    for index, desk in enumerate(desks):
        visits = [desk.check_in(100 * (index + 1) + n)["visit_id"] for n in range(visitors)]
        for visit in visits[:-1]:
            desk.at_desk(visit, "call", "greet", "serve")
        desk.at_desk(visits[-1], "leave")
        house.settle()
        for visit in visits[:-1]:
            order = desk.post("appointments", "service_advisor", "/repair-orders", {
                "visit_id": visit, "promised_at": tomorrow(), "reason": "opening",
            })["repair_order_id"]  # fmt: skip
            for step in ("check-in", "start-work", "ready", "hand-over"):
                desk.post("appointments", "service_advisor", f"/repair-orders/{order}/{step}")
            desk.at_desk(visit, "complete")
        log_calls(house, [call(f"topic-{n % 2}", n + 1) for n in range(5)], desk.branch)
        house.settle()
    for desk in desks:
        due = desk.get("followup", "care_specialist", "/call-backs?state=open")["call_backs"]
        attempts = f"/call-backs/{due[0]['follow_up_id']}/attempts"
        desk.post("followup", "care_specialist", attempts, {"outcome": "reached"})
    house.settle()
    return desks
