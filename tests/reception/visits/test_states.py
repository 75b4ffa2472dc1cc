"""The way of a visit: which step is allowed when, and that the line of the day always says what its visits say."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.reception.branches.actions import open_branch
from services.reception.staff.actions import join
from services.reception.visits import actions, queries
from services.reception.visits.lines import ahead_of, estimate
from services.reception.visits.model import DayLine, Visit
from shared import clock
from shared.db import transaction
from shared.http.problems import Problem
from tests.reception.door import BEIJING, SHANGHAI, facts, kiosk, move, names, staff, ticket

pytestmark = pytest.mark.duty("R1.1", "R1.6")

# status → what may be done → status afterwards
ALLOWED = {
    "waiting": {"call": "called", "greet": "waiting", "leave": "left"},
    "called": {"greet": "called", "serve": "serving", "leave": "left"},
    "serving": {"complete": "done", "leave": "left"},
    "done": {},
    "left": {},
}
STEPS = ("checked_in", "called", "greeted", "serving_started", "completed")
# After the key that signs the tokens was made, whenever the test runs.
LATER = datetime(2031, 11, 23, 2, tzinfo=UTC)
VERBS = ("call", "greet", "serve", "complete", "leave")
PURPOSE = st.sampled_from(["maintenance", "complaint", "view_car"])
STEP = st.tuples(st.sampled_from(VERBS), st.integers(0, 4))


def test_a_visit_is_called_greeted_served_and_done(house, time_machine):
    time_machine.move_to(LATER, tick=False)
    desk, visit_id = staff(house), ticket(house, kiosk(house))["visit_id"]
    for verb in ("call", "greet", "serve", "complete"):
        time_machine.shift(timedelta(minutes=1))
        answer = move(house, desk, visit_id, verb)
        assert answer.status_code == 200, answer.json
    assert (answer.json["status"], answer.headers["ETag"]) == ("done", '"5"')
    told = facts(house, f"visit/{visit_id}")
    assert names(told) == [f"visit.{name}" for name in STEPS]
    assert [row.version for row in told] == [1, 2, 3, 4, 5]
    last = json.loads(told[-1].data)
    minutes = ["02:00", "02:01", "02:02", "02:03", "02:04"]
    assert [last[f"{name}_at"][11:16] for name in STEPS] == minutes
    assert last["served_by"] == answer.json["served_by"]
    assert [json.loads(row.data)["occurred_at"][11:16] for row in told] == minutes


def test_who_is_served_has_been_greeted(house):
    desk, visit_id = staff(house), ticket(house, kiosk(house))["visit_id"]
    move(house, desk, visit_id, "call")
    assert move(house, desk, visit_id, "serve").json["greeted_at"] is not None
    assert names(facts(house, f"visit/{visit_id}"))[2:] == ["visit.greeted", "visit.serving_started"]


def test_an_illegal_step_is_a_conflict_and_changes_nothing(house):
    desk, visit_id = staff(house), ticket(house, kiosk(house))["visit_id"]
    answer = move(house, desk, visit_id, "serve")
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/visit.state")
    assert names(facts(house, f"visit/{visit_id}")) == ["visit.checked_in"]


def test_who_saw_an_older_version_is_told(house):
    desk, visit_id = staff(house), ticket(house, kiosk(house))["visit_id"]
    assert move(house, {**desk, "If-Match": '"1"'}, visit_id, "call").headers["ETag"] == '"2"'
    answer = move(house, {**desk, "If-Match": '"1"'}, visit_id, "leave")
    assert (answer.status_code, answer.headers["ETag"]) == (412, '"2"')


def test_who_serves_works_in_this_branch(house):
    desk, visit_id = staff(house), ticket(house, kiosk(house))["visit_id"]
    move(house, desk, visit_id, "call")
    with house.at("reception"):
        here, elsewhere = (join("陈立", branch, ["service_advisor"]) for branch in (BEIJING, SHANGHAI))
    answer = move(house, desk, visit_id, "serve", json={"staff_id": elsewhere})
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/unknown-reference"), answer.json
    assert move(house, desk, visit_id, "serve", json={"staff_id": here}).json["served_by"] == here


def test_a_body_that_says_more_than_it_may_is_refused(house):
    desk, visit_id = staff(house), ticket(house, kiosk(house))["visit_id"]
    assert move(house, desk, visit_id, "call", json={"status": "done"}).status_code == 422
    assert move(house, desk, visit_id, "call", json={}).status_code == 200


def test_the_wait_is_a_range_from_todays_serving_times(house, time_machine):
    time_machine.move_to(LATER, tick=False)
    key, desk = kiosk(house), staff(house)
    visits = [ticket(house, key)["visit_id"] for _ in range(4)]
    assert ticket(house, key)["wait"] is None
    for visit_id, minutes in ((visits[0], 10), (visits[1], 20)):
        move(house, desk, visit_id, "call")
        move(house, desk, visit_id, "serve")
        time_machine.shift(timedelta(minutes=minutes))
        desk = staff(house)
        move(house, desk, visit_id, "complete")
    # Data, but nobody serving: no estimate.
    assert ticket(house, key)["wait"] is None
    move(house, desk, visits[2], "call")
    assert ticket(house, key)["wait"] is None
    move(house, desk, visits[2], "serve")
    answer = ticket(house, key)
    assert answer["people_ahead"] == 4
    assert answer["wait"] == {"low_minutes": 60, "high_minutes": 75}


def test_the_estimate_divides_by_those_who_serve():
    assert estimate(4, serving=2, served=2, served_seconds=1800).low_minutes == 30
    assert estimate(0, serving=3, served=1, served_seconds=100).low_minutes == 0
    assert estimate(0, serving=3, served=1, served_seconds=100).high_minutes == 1
    assert estimate(5, serving=0, served=9, served_seconds=900).low_minutes is None


@given(st.lists(PURPOSE, min_size=1, max_size=5), st.lists(STEP, max_size=14))
@settings(
    max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_any_steps_in_any_order_keep_the_rules_and_the_line(house, purposes, steps):
    with house.at("reception"):
        branch = f"b-{len(facts(house, kind='branch.opened'))}"
        open_branch(branch, branch, "Z")
    with house.at("reception", branch):
        visits = [
            actions.check_in(actions.Arrival(purpose=purpose, occurred_at=clock.now(), notice="1"))[0]
            for purpose in purposes
        ]
        expected = ["waiting"] * len(visits)
        greeted = [False] * len(visits)
        for verb, index in steps:
            at = index % len(visits)
            allowed = verb in ALLOWED[expected[at]] or (verb == "greet" and expected[at] == "serving")
            allowed = allowed and not (verb == "greet" and greeted[at])
            if not allowed:
                with pytest.raises(Problem, match=r"visit\.state"):
                    getattr(actions, verb)(visits[at].id)
                continue
            getattr(actions, verb)(visits[at].id)
            expected[at] = ALLOWED[expected[at]].get(verb, expected[at])
            greeted[at] = greeted[at] or verb in ("greet", "serve")
        with transaction() as session:
            stored = {each.id: each for each in session.scalars(select(Visit))}
            assert [stored[each.id].status for each in visits] == expected
            check_line(session.execute(select(DayLine)).scalar_one(), list(stored.values()))
            waiting = [each for each in stored.values() if each.status == "waiting"]
            for place, each in enumerate(sorted(waiting, key=queries.place)):
                assert ahead_of(session, each).people == place
    for each in visits:
        assert [row.version for row in facts(house, f"visit/{each.id}")] == list(range(1, stored[each.id].version + 1))


def check_line(line: DayLine, visits: list[Visit]) -> None:
    """The line's counts are what counting the visits gives."""
    waiting = Counter(each.priority for each in visits if each.status == "waiting")
    assert (line.waiting_first, line.waiting_booked, line.waiting_walk_in) == (waiting[1], waiting[2], waiting[3])
    assert line.serving == sum(each.status == "serving" for each in visits)
    assert line.served == sum(each.status == "done" for each in visits)
    assert line.last_number == len(visits) == max(each.number for each in visits)
