"""Kiosks that check visitors in: one process, some keep-alive connections, a job read from standard input.

Started as ``python -m tests.bench.kiosks`` with nothing but the standard library, so that it is ready at once and costs
the two cores as little as may be. Requests are made before the clock starts. With ``rate`` each is sent at its own time
(an open loop: a slow answer holds nobody back but its own connection), without it as fast as answers come.
"""

from __future__ import annotations

import http.client
import itertools
import json
import sys
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def body(number: int, people: str) -> bytes:
    """The check-in of visitor ``number``: with phone and plate, or of somebody who gives neither."""
    said: dict[str, Any] = {
        "purpose": "maintenance", "party_size": 1 + number % 4, "consent": {"version": "2026-09", "purposes": []},
        "occurred_at": datetime.now(UTC).isoformat(),
    }  # fmt: skip
    if people == "known":
        province, letter = PROVINCES[number // 2_400_000], LETTERS[number // 100_000 % 24]
        said |= {"name": "欧阳娜娜", "phone": f"13{number:09d}", "plate": f"{province}{letter}{number % 100_000:05d}"}
    return json.dumps(said, ensure_ascii=False).encode()


def work(job: dict[str, Any]) -> dict[str, Any]:
    """Do the job; returns when the first request left, when the last answer came, and what was wrong."""
    kiosks, first, step = job["kiosks"], job["first"], job["step"]
    numbers = range(first, first + job["count"] * step, step)
    # Visitor n always comes to the same branch.
    sends = [(kiosks[n % len(kiosks)], body(n, job["people"]), str(uuid.uuid4())) for n in numbers]
    turn, answers, wrong = itertools.count(), [], []
    start, rate = job["start_at"], job.get("rate")
    pause = threading.Event()

    def connection() -> None:
        line = http.client.HTTPConnection("127.0.0.1", job["port"], timeout=30)
        line.connect()
        pause.wait(max(0.0, start - time.monotonic()))
        while (mine := next(turn)) < len(sends):
            kiosk, content, key = sends[mine]
            if rate:
                pause.wait(max(0.0, start + mine / rate - time.monotonic()))
            sent = time.monotonic()
            try:
                line.request("POST", "/reception/api/v1/check-ins", content, {
                    "Authorization": f"Bearer {kiosk['key']}", "X-Branch": kiosk["branch"], "Idempotency-Key": key,
                    "Content-Type": "application/json",
                })  # fmt: skip
                answer = line.getresponse()
                text = answer.read()
            except (http.client.HTTPException, OSError) as error:
                wrong.append(type(error).__name__)
                line.close()
                continue
            if answer.status == 201:
                answers.append((sent, time.monotonic(), json.loads(text)["visit_id"]))
            else:
                wrong.append(f"{answer.status} {text[:200].decode(errors='replace')}")

    threads = [threading.Thread(target=connection) for _ in range(job["connections"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "began": min((each[0] for each in answers), default=0.0),
        "ended": max((each[1] for each in answers), default=0.0),
        "done": len(answers), "wrong": wrong, "answers": answers if job.get("keep") else [],
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(work(json.load(sys.stdin)), sys.stdout)
