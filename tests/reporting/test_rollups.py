"""The roll-ups: any order of sources, any grouping into batches, the same tables, also when rebuilt."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.events.envelope import Event
from shared.events.pull import Page
from shared.events.rebuild import rebuild
from tests.reporting.conftest import PROJECTED, Reporting, said_in_order
from tests.reporting.facts import BRANCH, EPOCHS, OTHER, Source, batches

DAYS = ("2026-11-22", "2026-11-23")
KINDS = [
    ("reception", "visit.checked_in"),
    ("reception", "visit.greeted"),
    ("reception", "visit.completed"),
    ("reception", "visit.left"),
    ("reception", "visit.called"),
    ("reception", "call.logged"),
    ("reception", "staff.joined"),
    ("reception", "customer.registered"),
    ("appointments", "repair_order.opened"),
    ("appointments", "repair_order.handed_over"),
    ("appointments", "promise.slipped"),
    ("followup", "follow_up.due"),
    ("followup", "follow_up.moved"),
    ("followup", "follow_up.attempted"),
    ("followup", "follow_up.closed"),
]


def talk(logs: dict[str, Source], seed: int, many: int) -> None:
    """``many`` facts drawn from ``seed``, over two branches and two days."""
    chance = random.Random(seed)
    for number in range(many):
        source, kind = chance.choice(KINDS)
        data: dict = {}
        if kind.startswith(("visit", "repair_order", "follow_up", "call")):
            data["local_date"] = chance.choice(DAYS)
        if kind == "visit.greeted":
            data["greeted_at"] = (
                f"2026-11-23T01:{chance.randrange(60):02}:{chance.randrange(60):02}.{chance.randrange(10**6):06}Z"
            )
        elif kind == "call.logged":
            answered = chance.random() < 0.8
            data |= {
                "agent_id": chance.choice(["ann", "bob"]),
                "topic": chance.choice(["Streaming", "付款"]),
                "answered": answered,
                "answer_seconds": chance.choice([None, chance.randrange(200)]),
                "talk_seconds": chance.choice([None, 60]),
                "rating": chance.choice([None, 1, 2, 3, 4, 5]) if answered else None,
            }
        elif kind == "repair_order.handed_over":
            data["on_time"] = chance.choice([None, True, False])
        elif kind == "follow_up.closed":
            data |= {"result": chance.choice(["reached", "not_reached"]), "on_time": chance.random() < 0.5}
        elif kind == "staff.joined":
            data |= {"staff_id": f"s{number}", "label": f"员工{number}"}
        branch = "group" if kind == "customer.registered" else chance.choice([BRANCH, OTHER])
        logs[source].say(kind, branch=branch, **data)


def test_facts_of_a_batch_become_sums(reporting: Reporting) -> None:
    logs = reporting.begin()
    say = logs["reception"].say
    reporting.hear(
        say("visit.checked_in", local_date="2026-11-23"),
        say("visit.checked_in", local_date="2026-11-23"),
        say("visit.called", local_date="2026-11-23"),
        say("visit.checked_in", branch=OTHER, local_date="2026-11-23"),
        say(
            "call.logged",
            agent_id="ann",
            topic="Streaming",
            answered=True,
            answer_seconds=10,
            talk_seconds=None,
            rating=4,
        ),
        say(
            "call.logged",
            agent_id="ann",
            topic="Streaming",
            answered=True,
            answer_seconds=5,
            talk_seconds=61,
            rating=None,
        ),
        say(
            "call.logged", agent_id="ann", topic="Streaming", answered=False, answer_seconds=9, talk_seconds=9, rating=5
        ),
    )
    assert reporting.rows("daily_figure", "calls_daily") == {
        "daily_figure": [
            (BRANCH, date(2026, 11, 23), "visits", "", 2, 0),
            (OTHER, date(2026, 11, 23), "visits", "", 1, 0),
        ],
        "calls_daily": [(BRANCH, date(2021, 1, 1), "ann", "Streaming", 3, 2, 15, 2, 61, 1, 4, 1)],
    }


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(1, 40), min_size=1, max_size=5), order=st.randoms())
def test_any_order_and_any_grouping_gives_the_same_tables(
    reporting: Reporting, seed: int, sizes: list[int], order: random.Random
) -> None:
    logs = reporting.begin()
    talk(logs, seed, 40)
    events = said_in_order(logs.values())
    for event in events:
        reporting.project([event])
    expected = reporting.rows()
    reporting.begin()
    order.shuffle(events)
    for batch in batches(events, sizes):
        reporting.project(batch)
    assert reporting.rows() == expected


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(1, 30), min_size=1, max_size=4), order=st.randoms())
def test_any_order_of_sources_through_the_consumer_gives_the_same_tables(
    reporting: Reporting, seed: int, sizes: list[int], order: random.Random
) -> None:
    logs = reporting.begin()
    talk(logs, seed, 30)
    for log in logs.values():
        for event in log.said[2 if log.name == "reception" else 0 :]:
            reporting.hear(event)
    expected = reporting.rows()
    reporting.begin()
    waiting = {n: batches(log.said[2 if n == "reception" else 0 :], sizes) for n, log in logs.items()}
    while any(waiting.values()):
        name = order.choice([name for name, left in waiting.items() if left])
        reporting.hear(*waiting[name].pop(0))
    assert reporting.rows() == expected
    assert reporting.parked() == 0


def test_the_sums_are_what_the_facts_say(reporting: Reporting) -> None:
    """Calculated once more from the facts themselves, with fractions."""
    logs = reporting.begin()
    talk(logs, 7, 400)
    for log in logs.values():
        for batch in batches(log.said[2 if log.name == "reception" else 0 :], [50]):
            reporting.hear(*batch)
    calls: dict[tuple, list[Event]] = defaultdict(list)
    for event in logs["reception"].said:
        if event.type == "reception.call.logged.v1":
            calls[event.branch, event.data["local_date"], event.data["agent_id"], event.data["topic"]].append(event)
    found = {(row[0], str(row[1]), row[2], row[3]): row[4:] for row in reporting.rows("calls_daily")["calls_daily"]}
    assert set(found) == set(calls)
    for key, row in found.items():
        answered = [event.data for event in calls[key] if event.data["answered"]]
        ratings = [data["rating"] for data in answered if data["rating"] is not None]
        assert row[:2] == (len(calls[key]), len(answered))
        if ratings:
            assert Fraction(row[6], row[7]) == Fraction(sum(ratings), len(ratings))
        else:
            assert row[6:] == (0, 0)


class Replay:
    """A source's feed that a test has spoken through."""

    def __init__(self, log: Source) -> None:
        self.said = log.said

    def page(self, after: int, limit: int = 500) -> Page:
        """Events after a position."""
        return Page(
            [(EPOCHS[self.said[0].source], 0)] if self.said else [], len(self.said), self.said[after : after + limit]
        )


def test_rebuilt_is_live_and_the_feed_is_left_alone(reporting: Reporting) -> None:
    logs = reporting.begin()
    talk(logs, 11, 200)
    for log in logs.values():
        for batch in batches(log.said[2 if log.name == "reception" else 0 :], [30]):
            reporting.hear(*batch)
        reporting.runtime.peers[log.name] = Replay(log)
    live = reporting.rows(*PROJECTED, "feed_entry")
    with reporting.app.app_context():
        for name in ("daily_figures", "calls_daily", "staff_labels"):
            assert rebuild(reporting.runtime, name) > 0
    assert reporting.rows(*PROJECTED, "feed_entry") == live
    assert live["daily_figure"]
    assert live["calls_daily"]


def test_personal_facts_count_nowhere_and_only_staff_leave_a_label(reporting: Reporting) -> None:
    logs = reporting.begin()
    say = logs["reception"].say
    reporting.hear(say("customer.registered", branch="group"), say("staff.joined", staff_id="s1", label="周敏"))
    assert reporting.rows()["staff_label"] == [("s1", BRANCH, "周敏", True)]
    unread = say("staff.joined", staff_id="s2")
    unread.data = None
    reporting.hear(unread)
    assert len(reporting.rows()["staff_label"]) == 1
    assert reporting.parked() == 0


@pytest.mark.parametrize("kind", ["visit.greeted", "call.logged"])
def test_a_fact_that_makes_no_sense_is_parked_and_the_others_count(reporting: Reporting, kind: str) -> None:
    logs = reporting.begin()
    broken = logs["reception"].say(kind)
    broken.data = {"local_date": "not a day"}
    reporting.hear(broken, logs["reception"].say("visit.checked_in"))
    assert reporting.parked() == 1
    assert [row[2] for row in reporting.rows()["daily_figure"]] == ["visits"]
