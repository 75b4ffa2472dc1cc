"""F26 F27 F28 F29 F30 F32 F33: positions without holes, one relay, one effect per key."""

from __future__ import annotations

import random
import threading
import uuid

import pytest
from sqlalchemy import text

from shared import clock
from shared.db import transaction
from shared.events import bus
from shared.events.relay import Relay
from shared.faults import InjectedFault, armed
from tests.faults.facts import call, log_calls
from tests.kit.house import BRANCHES, House, stack_of

pytestmark = pytest.mark.faults


def positions(house: House, service: str = "reception") -> list[tuple[int, str]]:
    with house.reading(service) as session:
        return [tuple(row) for row in session.execute(text("SELECT position, event_id FROM event_log ORDER BY id"))]


def counted(house: House) -> int:
    with house.reading("reporting") as session:
        return int(session.execute(text("SELECT coalesce(sum(calls), 0) FROM calls_daily")).scalar_one())


@stack_of("real")
def test_f27_a_late_commit_is_numbered_late_and_never_skipped(house: House) -> None:
    """A transaction drew its row's id first and commits last: 27 % of such rows were lost to pollers that go by id."""
    written, may_commit = threading.Event(), threading.Event()

    def late() -> None:
        with house.at("reception", BRANCHES[0]), transaction():
            log_calls(house, [call("late", 1)])
            written.set()
            may_commit.wait(20)

    thread = threading.Thread(target=late)
    thread.start()
    assert written.wait(20)
    # Another branch: the late one holds locks of its own.
    log_calls(house, [call("prompt", n) for n in range(1, 9)], BRANCHES[1])
    house.settle()
    assert counted(house) == 8
    may_commit.set()
    thread.join(20)
    house.settle()
    assert counted(house) == 9
    numbers = [position for position, _ in positions(house)]
    assert sorted(numbers) == list(range(1, len(numbers) + 1)), "dense"
    assert numbers != sorted(numbers), "the late one was not late: this run proves nothing"


def test_f28_a_rolled_back_change_leaves_no_event(house: House) -> None:
    chance = random.Random(7)
    kept = 0
    for number in range(1, 31):
        fails = chance.random() < 0.3
        try:
            with house.at("reception", BRANCHES[0]), transaction():
                log_calls(house, [call("maybe", number)])
                if fails:
                    raise InjectedFault
        except InjectedFault:
            continue
        kept += 1
    house.settle()
    assert counted(house) == kept


def test_f29_of_two_relays_one_works_and_the_other_takes_over(house: House) -> None:
    first, second = (
        Relay(house.runtime("reception"), bus.publisher(house.runtime("reception").environment.bus_url))
        for _ in range(2)
    )
    house.settle()
    with house.app("reception").app_context():
        house.workers["reception"].relay.lock.release()
        house.workers["reception"].relay.active = False
        log_calls(house, [call("one", 1)])
        assert first.step() > 0
        log_calls(house, [call("two", 2)])
        assert second.step() == 0
        assert not second.active
        first.lock.release()
        first.active = False
        assert second.step() > 0
        second.lock.release()
        for relay in (first, second):
            relay.publisher.drop()
    house.settle()
    numbers = [position for position, _ in positions(house)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert counted(house) == 2


def test_f30_what_is_told_twice_is_applied_once(house: House) -> None:
    """The relay dies between the broker's confirm and its own mark, so it tells everything again."""
    log_calls(house, [call("twice", n) for n in range(1, 6)])
    with armed("relay.after_confirm", "raise"), pytest.raises(InjectedFault):
        house.relay("reception")
    assert house.flow("reception")["unpublished"] > 0
    house.settle()
    assert counted(house) == 5
    assert house.flow("reception")["unpublished"] == 0


def test_f32_the_same_key_at_the_same_moment_has_one_effect(house: House) -> None:
    answers: list[tuple[int, dict]] = []
    key, together = house.kiosk_key(BRANCHES[0]), threading.Barrier(20)
    marker, body = uuid.uuid4().hex, visitor()

    def post() -> None:
        together.wait(20)
        answer = house.client("reception").post(
            "/reception/api/v1/check-ins",
            json=body,
            headers={"Authorization": f"Bearer {key}", "Idempotency-Key": marker},
        )
        answers.append((answer.status_code, answer.json))

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    made = [content for status, content in answers if status == 201]
    assert len(answers) == 20
    assert made, answers[0]
    assert all(content == made[0] for content in made)
    assert {status for status, _ in answers} <= {201, 409}
    with house.reading("reception") as session:
        assert session.execute(text("SELECT count(*) FROM visit")).scalar_one() == 1


def test_f33_the_same_key_with_another_body_is_refused(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.kiosk_key(BRANCHES[0])}", "Idempotency-Key": uuid.uuid4().hex}
    client = house.client("reception")
    assert client.post("/reception/api/v1/check-ins", json=visitor(), headers=headers).status_code == 201
    other = client.post("/reception/api/v1/check-ins", json=visitor() | {"party_size": 3}, headers=headers)
    assert other.status_code == 422
    assert other.json["type"].endswith("idempotency-key-reused")
    with house.reading("reception") as session:
        assert session.execute(text("SELECT count(*) FROM visit")).scalar_one() == 1


def visitor() -> dict:
    return {
        "purpose": "maintenance", "phone": "13900000001", "consent": {"version": "2026-01", "purposes": []},
        "occurred_at": clock.wire(clock.now()),
    }  # fmt: skip
