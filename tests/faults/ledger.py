"""What the clients tried and what they were told: the independent witness of a fault test.

``invoke`` is on the disk before the request leaves, ``ok``/``fail``/``info`` when its fate is known. ``info`` means
that nobody can know: it may have happened, and must not have happened twice.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Operation:
    """One request: its marker (also its Idempotency-Key), what it was, what became of it."""

    marker: str
    kind: str
    fate: str = "info"
    status: int | None = None
    answer: dict[str, Any] = field(default_factory=dict)


class Ledger:
    """Append-only, one JSON line per entry."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self.operations: dict[str, Operation] = {}
        self.strange: list[str] = []

    def invoke(self, marker: str, kind: str) -> None:
        self._write({"marker": marker, "kind": kind, "entry": "invoke"})
        self.operations.setdefault(marker, Operation(marker, kind))

    def fate(self, marker: str, fate: str, status: int | None = None, answer: dict[str, Any] | None = None) -> None:
        self._write({"marker": marker, "entry": fate, "status": status})
        operation = self.operations[marker]
        if operation.fate != "ok":
            operation.fate, operation.status, operation.answer = fate, status, answer or {}

    def of(self, fate: str, kind: str | None = None) -> list[Operation]:
        return [o for o in list(self.operations.values()) if o.fate == fate and kind in (None, o.kind)]

    def _write(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
