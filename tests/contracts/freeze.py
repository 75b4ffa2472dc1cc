"""``python -m tests.contracts.freeze``: remember the golden example of every contract that is not remembered yet.

What stands in ``ever_sent.json`` may be in somebody's log for ever, so nothing is ever changed or taken out by this
command. Before a type was sent for the first time, its line may be deleted by hand and frozen again.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from shared import contracts

EVER_SENT = Path(__file__).parent / "ever_sent.json"


def fingerprint(example: dict[str, Any]) -> str:
    """sha256 of the example as canonical JSON."""
    text = json.dumps(example, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def ever_sent() -> dict[str, str]:
    """type → fingerprint of the example of every version ever sent."""
    return json.loads(EVER_SENT.read_text(encoding="utf-8"))


def freeze() -> list[str]:
    """Add the types that are new; returns them."""
    known = ever_sent()
    new = {c.type: fingerprint(c.example) for c in contracts.all() if c.type not in known}
    EVER_SENT.write_text(json.dumps(dict(sorted((known | new).items())), indent=2) + "\n", encoding="utf-8")
    return sorted(new)


if __name__ == "__main__":
    for added in freeze():
        print("frozen:", added)
