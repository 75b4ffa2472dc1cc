"""Following and stopping what one has asked for; what waits is counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared import clock, jobs
from shared.access import Actor
from shared.db import transaction
from shared.ids import uuid7
from shared.jobs.metrics import overdue, samples
from shared.operations.doctor import examine
from tests.reception.door import BEIJING, staff

JOBS = "/reception/api/v1/jobs"


@pytest.fixture
def desk(house):
    """A long kind and a timer, somebody who asks, and a way to plan for them."""
    kinds, done = jobs.JobKinds(), []
    kinds.kind("print.list", lease_seconds=60)(lambda job: {"pages": 3})
    kinds.timer("print.tick")(lambda job: done.append(job.subject))
    house.runtime("reception").jobs.add(kinds)
    return Desk(house)


class Desk:
    def __init__(self, house):
        self.house, self.headers = house, staff(house)

    def get(self, path=JOBS, headers=None, raw=False):
        answer = self.house.client("reception").get(path, headers=headers or self.headers)
        return answer if raw else answer.json

    def post(self, path, headers=None):
        key = {"Idempotency-Key": uuid7()}
        return self.house.client("reception").post(path, headers={**(headers or self.headers), **key})

    def plan(self, kind="print.list", owner=None, **options):
        actor = owner or actor_of(self.house, self.headers)
        with self.house.at("reception", BEIJING, actor), transaction() as session:
            return jobs.plan(session, kind, f"list/{uuid7()}", branch=BEIJING, **options)


def actor_of(house, headers):
    """Whom a token means."""
    from shared.access.verification import Verifier

    here = house.runtime("reception")
    with house.app("reception").app_context():
        return Verifier.of(here.database).recognise(headers["Authorization"][7:], "reception", here.roles)


def test_one_sees_ones_own_jobs_the_latest_first_in_pages(desk):
    planned = [desk.plan() for _ in range(3)]
    desk.plan("print.tick")
    desk.plan(owner=Actor("staff", uuid7(), BEIJING))
    first = desk.get(f"{JOBS}?limit=2")
    rest = desk.get(f"{JOBS}?limit=2&after={first['next']}")
    assert [job["job_id"] for job in first["jobs"] + rest["jobs"]] == planned[::-1]
    assert rest["next"] is None
    assert desk.get(headers=staff(desk.house)) == {"jobs": [], "next": None}


def test_a_job_says_what_came_of_it_and_when_it_goes(desk):
    planned = desk.plan()
    desk.house.work("reception")
    [job] = desk.get()["jobs"]
    assert (job["job_id"], job["state"], job["result"], job["error"]) == (planned, "done", {"pages": 3}, None)
    assert job["expires_at"] > job["finished_at"]


def test_what_is_stopped_is_not_done_and_can_still_be_looked_at(desk):
    planned = desk.plan()
    answer = desk.post(f"{JOBS}/{planned}/cancel")
    assert (answer.status_code, answer.json["state"]) == (200, "cancelled")
    assert answer.json["error"] == {"code": "cancelled", "detail": "已取消"}
    desk.house.work("reception")
    with desk.house.at("reception"):
        jobs.sweep()
    english = desk.get(f"{JOBS}/{planned}", {**desk.headers, "Accept-Language": "en"})
    assert (english["state"], english["error"]["detail"]) == ("cancelled", "Cancelled")
    assert desk.post(f"{JOBS}/{planned}/cancel").status_code == 409
    with desk.house.at("reception"):
        jobs.sweep(clock.now() + timedelta(days=2))
    assert desk.get(f"{JOBS}/{planned}", raw=True).status_code == 404


def test_nobody_stops_anothers_job_or_a_timer(desk):
    others, timer = desk.plan(owner=Actor("staff", uuid7(), BEIJING)), desk.plan("print.tick")
    for job_id in (others, timer, uuid7(), "x"):
        assert desk.post(f"{JOBS}/{job_id}/cancel").status_code == 404
    assert desk.house.work("reception") >= 2


def test_what_fails_is_said_in_words_by_its_code(desk):
    def fail(job):
        raise jobs.JobFailed("rows-invalid", params={"rows": 3})

    kinds = jobs.JobKinds()
    kinds.kind("print.wrong", lease_seconds=60)(fail)
    desk.house.runtime("reception").jobs.add(kinds)
    planned = desk.plan("print.wrong")
    desk.house.work("reception")
    with desk.house.reading("reception") as session:
        assert jobs.get(session, planned).error == {"code": "rows-invalid", "params": {"rows": 3}}
    assert desk.get(f"{JOBS}/{planned}")["error"]["detail"] == "有 3 行不正确，没有导入任何内容"


def test_what_waits_too_long_is_counted_and_found_by_the_doctor(desk):
    here = desk.house.runtime("reception")
    desk.plan(due_at=clock.now() - timedelta(minutes=5))
    with desk.house.app("reception").app_context():
        found = overdue(here)
        assert found["due"] == 1
        assert 290 < found["oldest_seconds"] < 400
        assert ("jobs_due", {}, 1) in list(samples(here))
        assert [finding.well for finding in examine(here) if finding.what == "jobs"] == [False]
    assert 'jobs_due{service="reception"} 1.0' in desk.get("/reception/metrics", raw=True).text
    desk.house.work("reception")
    with desk.house.app("reception").app_context():
        assert [finding.well for finding in examine(here) if finding.what == "jobs"] == [True]
