"""``make demo``: an invented morning happens to the running demo group, so that every page has something to say.

It uses nothing but the addresses, keys and accounts that any client has. Everything it makes is invented, and says so.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import httpx

from deploy.demo_morning import MINUTES, Step, plan
from shared import clock

# What an invented customer says when the care specialist calls: outcome, and whether the record is completed then.
_CALLED = (("reached", True), ("not_reached", False), ("asked_later", False), ("reached", True), ("busy", False))
_ASKED = ("fixed_first_time", "work_explained", "ready_on_time")
_RECORD = {
    "reached": True,
    "answers": [{"question": each, "answer": "yes"} for each in _ASKED],
    "scores": [{"factor": "quality", "score": 9}],
    "suggestions": "演示数据：希望提前告知延误",
    "next_step": "none",
}
_PATIENCE_SECONDS = 30.0
# Long enough to be promised, short enough to be broken before the morning is over.
_HOPELESS_SECONDS = 1.0


class Branch:
    """The people of one branch at work."""

    def __init__(self, client: httpx.Client, found: dict[str, Any], code: str) -> None:
        self._client = client
        self._kiosk = next(kiosk["key"] for kiosk in found["kiosk"] if kiosk["branch"] == code)
        self._staff = {person["role"]: person for person in found["staff"] if person["branch"] == code}
        self._tokens: dict[str, tuple[str, float]] = {}
        self._visits: dict[int, str] = {}
        self._orders: dict[int, str] = {}

    def do(self, step: Step) -> bool:
        """One step of the plan; False when it has nothing to be done to (any more)."""
        if step.what == "check_in":
            self._check_in(step)
        elif step.what == "call_log":
            self._log_call(step.details)
        elif step.what == "call_back":
            return self._call_back(step.about)
        elif step.what == "open":
            self._open(step)
        elif step.what == "slip":
            body = {"promised_at": _later(hours=3), "reason": step.details["reason"]}
            self._post(f"{self._order(step)}/promises", "service_advisor", body)
        elif step.about in self._orders and step.what in ("check-in", "start-work", "ready", "hand-over"):
            role = "technician" if step.what in ("start-work", "ready") else "service_advisor"
            self._post(f"{self._order(step)}/{step.what}", role)
        elif step.about in self._visits:
            self._post(f"/reception/api/v1/visits/{self._visits[step.about]}/{step.what}", "receptionist")
        else:
            return False
        return True

    def _check_in(self, step: Step) -> None:
        told = step.details
        body = {
            **{name: told[name] for name in ("purpose", "name", "phone", "plate", "party_size", "source")},
            "consent": {"version": "demo", "purposes": ["survey"] if told["survey"] else []},
            "occurred_at": clock.wire(clock.now() - timedelta(minutes=told["ago"])),
        }
        answer = self._post("/reception/api/v1/check-ins", "receptionist" if told["at_desk"] else "kiosk", body)
        self._visits[step.about] = answer["visit_id"]

    def _open(self, step: Step) -> None:
        told = step.details
        promised = _later(seconds=_HOPELESS_SECONDS) if told["hopeless"] else _later(hours=told["hours"])
        body = {"visit_id": self._visits[step.about], "promised_at": promised, "reason": "opening"}
        deadline = clock.monotonic() + _PATIENCE_SECONDS
        # The advisor sees the visitor a few milliseconds after the desk does.
        while (answer := self._send("/appointments/api/v1/repair-orders", "service_advisor", body)).status_code == 422:
            if clock.monotonic() > deadline:
                break
            threading.Event().wait(0.05)
            if told["hopeless"]:
                body["promised_at"] = _later(seconds=_HOPELESS_SECONDS)
        self._orders[step.about] = _answered(answer)["repair_order_id"]

    def _log_call(self, told: dict[str, Any]) -> None:
        body = {name: value for name, value in told.items() if name != "ago"}
        body["occurred_at"] = clock.wire(clock.now() - timedelta(minutes=told["ago"]))
        self._post("/reception/api/v1/calls", "receptionist", body)

    def _call_back(self, nth: int) -> bool:
        headers = {"Authorization": f"Bearer {self._secret('care_specialist')}"}
        answer = self._client.get("/followup/api/v1/call-backs?state=open&limit=50", headers=headers)
        waiting = [each for each in _answered(answer)["call_backs"] if not each["attempts"]]
        if not waiting:
            return False
        path = f"/followup/api/v1/call-backs/{waiting[0]['follow_up_id']}"
        outcome, finished = _CALLED[nth % len(_CALLED)]
        body = {"outcome": outcome}
        if outcome == "asked_later":
            body["asked_for"] = _later(hours=1)
        answer = self._send(f"{path}/attempts", "care_specialist", body)
        if answer.status_code == 422 and "asked_for" in body:
            # Outside the hours in which people may be called: then they just did not answer.
            answer = self._send(f"{path}/attempts", "care_specialist", {"outcome": "not_reached"})
        _answered(answer)
        if finished:
            self._post(f"{path}/record", "care_specialist", _RECORD)
        return True

    def _order(self, step: Step) -> str:
        return f"/appointments/api/v1/repair-orders/{self._orders[step.about]}"

    def _secret(self, who: str) -> str:
        if who == "kiosk":
            return self._kiosk
        token, until = self._tokens.get(who, ("", 0.0))
        if clock.monotonic() >= until:
            person = self._staff[who]
            body = {"user": person["user"], "password": person["password"]}
            answer = _answered(self._client.post("/reception/api/v1/tokens", json=body))
            token, until = answer["token"], clock.monotonic() + answer["expires_in"] / 2
            self._tokens[who] = token, until
        return token

    def _send(self, path: str, who: str, body: dict[str, Any] | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._secret(who)}", "Idempotency-Key": uuid.uuid4().hex}
        return self._client.post(path, json=body or {}, headers=headers)

    def _post(self, path: str, who: str, body: dict[str, Any] | None = None) -> Any:
        return _answered(self._send(path, who, body))


def _later(**amount: float) -> str:
    return clock.wire(clock.now() + timedelta(**amount))


def _answered(answer: httpx.Response) -> Any:
    if answer.status_code >= 300:
        raise click.ClickException(f"{answer.request.method} {answer.request.url.path}: {answer.text[:300]}")
    return answer.json()


@click.command()
@click.option("--visitors", default=120, show_default=True, help="how many come, over all branches")
@click.option("--minutes", default=5.0, show_default=True, help="how long the morning is to take")
@click.option("--fast", is_flag=True, help="at full speed")
@click.option("--seed", default=1, show_default=True, help="the same seed plans the same morning")
def main(visitors: int, minutes: float, fast: bool, seed: int) -> None:
    """Play an invented morning against `make run`."""
    file = Path(os.environ.get("DATA_DIR") or "var") / "demo-credentials.json"
    if not file.exists():
        sys.exit(f"{file} is not there: start `make run` first, with the same DATA_DIR")
    found = json.loads(file.read_text(encoding="utf-8"))
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    steps = plan(seed, visitors, [kiosk["branch"] for kiosk in found["kiosk"]])
    click.echo("演示数据，纯属虚构 · an invented morning: nobody in it exists")
    done: Counter[str] = Counter()
    with httpx.Client(base_url=address, timeout=15, trust_env=False) as client:
        branches = {kiosk["branch"]: Branch(client, found, kiosk["branch"]) for kiosk in found["kiosk"]}
        began, pause = clock.monotonic(), threading.Event()
        for step in steps:
            pause.wait(0 if fast else max(0.0, began + step.minute / MINUTES * minutes * 60 - clock.monotonic()))
            done[step.what] += branches[step.branch].do(step)
            click.echo(f"\r{_time(step.minute)}  {done['check_in']} 人到店 visitors", nl=False)
    click.echo(
        f"\n{done['check_in']} visitors, {done['leave']} left unserved, {done['call_log']} calls, "
        f"{done['open']} repair orders, {done['slip']} promises moved, {done['hand-over']} cars handed over, "
        f"{done['call_back']} call-backs tried"
    )


def _time(minute: float) -> str:
    hour, rest = divmod(int(8.5 * 60 + minute), 60)
    return f"{hour:02d}:{rest:02d}"


if __name__ == "__main__":
    main()
