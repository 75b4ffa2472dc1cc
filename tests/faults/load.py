"""Clients: kiosks that check people in, through HTTP, each request with a marker, every answer in the ledger."""

from __future__ import annotations

import http.client
import json
import random
import threading
import uuid
from urllib.parse import urlsplit

from shared import clock
from tests.faults.ledger import Ledger

PURPOSES = ("maintenance", "repair", "view_car", "collect_vehicle", "other")


class Kiosk:
    """One kiosk of one branch. ``check_in`` is one visitor whom nobody knows yet."""

    def __init__(self, address: str, key: str, ledger: Ledger, chance: random.Random) -> None:
        self._address = urlsplit(address)
        self._key = key
        self._ledger = ledger
        self._chance = chance

    def visitor(self) -> dict:
        """Somebody whom nobody knows yet."""
        return {
            "purpose": self._chance.choice(PURPOSES),
            "name": "故障测试",
            "phone": f"138{self._chance.randrange(10**8):08d}",
            "consent": {"version": "2026-01", "purposes": []},
            "occurred_at": clock.wire(clock.now()),
        }

    def check_in(self, marker: str | None = None, body: dict | None = None) -> int | None:
        """POST one check-in; returns the status, None when the connection broke."""
        marker = marker or uuid.UUID(int=self._chance.getrandbits(128), version=4).hex
        body = body or self.visitor()
        self._ledger.invoke(marker, "check_in")
        connection = http.client.HTTPConnection(self._address.hostname, self._address.port, timeout=10)
        try:
            connection.request(
                "POST", "/reception/api/v1/check-ins", json.dumps(body),
                {"Authorization": f"Bearer {self._key}", "Idempotency-Key": marker, "Content-Type": "application/json"},
            )  # fmt: skip
            answer = connection.getresponse()
            raw, kind = answer.read(), answer.headers.get("Content-Type", "")
        except ConnectionRefusedError:
            self._ledger.fate(marker, "fail")
            return None
        except (OSError, http.client.HTTPException):
            self._ledger.fate(marker, "info")
            return None
        finally:
            connection.close()
        self._note(marker, answer.status, kind, raw, answer.headers.get("Retry-After"))
        return answer.status

    def _note(self, marker: str, status: int, kind: str, raw: bytes, retry_after: str | None) -> None:
        content = json.loads(raw) if "json" in kind else {}
        if 200 <= status < 300:
            self._ledger.fate(marker, "ok", status, content)
            return
        self._ledger.fate(marker, "fail" if status < 500 else "info", status)
        if "application/problem+json" not in kind or "type" not in content or content.get("status") != status:
            self._ledger.strange.append(f"{status} {kind}")
        if status == 503 and not retry_after:
            self._ledger.strange.append("503 without Retry-After")


class Load:
    """Several kiosks at once, until stopped or until each has had its share of visitors."""

    def __init__(self, address: str, keys: list[str], ledger: Ledger, seed: int, each: int | None = None) -> None:
        self._stop = threading.Event()
        self._each = each
        self._threads = [
            threading.Thread(
                target=self._run, args=(Kiosk(address, key, ledger, random.Random(seed * 1000 + n)),), daemon=True
            )
            for n, key in enumerate(keys)
        ]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stop.set()
        self.join()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(30)

    def _run(self, kiosk: Kiosk) -> None:
        done = 0
        while not self._stop.is_set() and (self._each is None or done < self._each):
            kiosk.check_in()
            done += 1
            self._stop.wait(0.02)
