"""``make demo``: invented visitors come to the running demo group, so that every figure has something to say.

It uses nothing but the addresses and keys that any client has. Everything it makes is invented, and marked so.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import httpx

from shared import clock

PURPOSES = ("maintenance", "maintenance", "repair", "bodywork", "view_car", "collect_vehicle", "complaint", "other")
FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = ("晨", "子轩", "一诺", "浩然", "欣怡", "建国", "丽", "志强")


class Branch:
    """The people of one branch at work."""

    def __init__(self, client: httpx.Client, found: dict[str, Any], code: str, chance: random.Random) -> None:
        self._client = client
        self._chance = chance
        self._kiosk = next(kiosk["key"] for kiosk in found["kiosk"] if kiosk["branch"] == code)
        self._staff = {person["role"]: person for person in found["staff"] if person["branch"] == code}
        self._tokens: dict[str, tuple[str, float]] = {}

    def visitor(self) -> None:
        """One visitor, from the kiosk to wherever they get."""
        purpose = self._chance.choice(PURPOSES)
        visit = self._post("/reception/api/v1/check-ins", self._kiosk, {
            "purpose": purpose,
            "name": self._chance.choice(FAMILY) + self._chance.choice(GIVEN),
            "phone": f"1990000{self._chance.randrange(10_000):04d}",
            "plate": f"京Z{self._chance.randrange(100_000):05d}",
            "consent": {"version": "demo", "purposes": ["survey"]},
            "occurred_at": clock.wire(clock.now()),
        })  # fmt: skip
        if visit["status"] != "waiting":
            return
        path = f"/reception/api/v1/visits/{visit['visit_id']}"
        if self._chance.random() < 0.08:
            self._post(f"{path}/leave", self._token("receptionist"))
            return
        for step in ("call", "greet", "serve"):
            self._post(f"{path}/{step}", self._token("receptionist"))
        if purpose in ("maintenance", "repair", "bodywork"):
            self._workshop(visit["visit_id"])
        self._post(f"{path}/complete", self._token("receptionist"))

    def _workshop(self, visit_id: str) -> None:
        promised = clock.wire(clock.now() + timedelta(hours=self._chance.randrange(1, 5)))
        advisor = self._token("service_advisor")
        body = {"visit_id": visit_id, "promised_at": promised, "reason": "opening"}
        for _ in range(100):
            # The advisor sees the visitor a few milliseconds after the desk does.
            answer = self._send("/appointments/api/v1/repair-orders", advisor, body)
            if answer.status_code != 422:
                break
            threading.Event().wait(0.1)
        order = answer.raise_for_status().json()["repair_order_id"]
        steps = ("check-in", "start-work", "ready", "hand-over")
        for step in steps[: self._chance.choice((2, 3, 4, 4, 4))]:
            self._post(f"/appointments/api/v1/repair-orders/{order}/{step}", advisor)

    def _token(self, role: str) -> str:
        token, until = self._tokens.get(role, ("", 0.0))
        if clock.monotonic() >= until:
            person = self._staff[role]
            answer = self._client.post(
                "/reception/api/v1/tokens", json={"user": person["user"], "password": person["password"]}
            ).raise_for_status().json()  # fmt: skip
            token, until = answer["token"], clock.monotonic() + answer["expires_in"] / 2
            self._tokens[role] = token, until
        return token

    def _send(self, path: str, key: str, body: dict[str, Any] | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": uuid.uuid4().hex}
        return self._client.post(path, json=body or {}, headers=headers)

    def _post(self, path: str, key: str, body: dict[str, Any] | None = None) -> Any:
        return self._send(path, key, body).raise_for_status().json()


@click.command()
@click.option("--visitors", default=120, show_default=True, help="how many come, over all branches")
@click.option("--minutes", default=0.0, show_default=True, help="spread over so many minutes; 0 is full speed")
@click.option("--seed", default=1, show_default=True, help="the same seed plays the same morning")
def main(visitors: int, minutes: float, seed: int) -> None:
    """Play invented visitors against `make run`."""
    file = Path(os.environ.get("DATA_DIR") or "var") / "demo-credentials.json"
    if not file.exists():
        sys.exit(f"{file} is not there: start `make run` first, with the same DATA_DIR")
    found = json.loads(file.read_text(encoding="utf-8"))
    chance = random.Random(seed)
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    with httpx.Client(base_url=address, timeout=15, trust_env=False) as client:
        branches = [Branch(client, found, kiosk["branch"], chance) for kiosk in found["kiosk"]]
        for number in range(visitors):
            chance.choice(branches).visitor()
            click.echo(f"\r{number + 1} / {visitors}  虚构的客人 invented visitors", nl=False)
            threading.Event().wait(minutes * 60 / visitors)
    click.echo()


if __name__ == "__main__":
    main()
