"""Planning, moving and taking back: one open job per kind and subject."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared import jobs
from shared.access import Actor, acting_as
from shared.jobs.model import CANCELLED, DONE, WAITING
from shared.trace import current_trace, tracing
from tests.shared.jobs.toy import BRANCH, Toy, effect

DUE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def fire(toy: Toy) -> None:
    @toy.jobs.kind("remind")
    def remind(job: jobs.RunningJob) -> None:
        from shared.db import transaction

        with transaction() as session:
            effect(session, job.subject)


def run(toy: Toy, now: datetime = DUE) -> int:
    with toy.app.app_context():
        return jobs.run_due(now=now)


def test_a_job_is_done_once_when_it_is_due_and_not_before(toy: Toy) -> None:
    fire(toy)
    with toy.writing() as session:
        jobs.plan(session, "remind", "order/1", DUE, branch=BRANCH)
    assert run(toy, DUE - timedelta(seconds=1)) == 0
    assert run(toy) == 1
    assert run(toy, DUE + timedelta(days=1)) == 0
    assert toy.effects() == {"order/1": 1}


def test_planned_twice_it_is_one_job_that_stays_as_it_was(toy: Toy) -> None:
    fire(toy)
    with toy.writing() as session:
        first = jobs.plan(session, "remind", "order/1", DUE, {"n": 1}, branch=BRANCH)
        second = jobs.plan(session, "remind", "order/1", DUE + timedelta(hours=1), {"n": 2}, branch=BRANCH)
        other = jobs.plan(session, "remind", "order/2", DUE, branch=BRANCH)
    assert first == second != other
    with toy.reading() as session:
        assert jobs.get(session, first).payload == {"n": 1}
        assert jobs.get(session, first).due_at == DUE


def test_a_finished_job_makes_room_for_the_next_one(toy: Toy) -> None:
    fire(toy)
    for _ in range(2):
        with toy.writing() as session:
            jobs.plan(session, "remind", "order/1", DUE, branch=BRANCH)
        assert run(toy) == 1
    assert toy.effects() == {"order/1": 2}


def test_what_is_cancelled_is_not_done(toy: Toy) -> None:
    fire(toy)
    with toy.writing() as session:
        job = jobs.plan(session, "remind", "order/1", DUE, branch=BRANCH)
        assert jobs.cancel(session, "remind", "order/1")
        assert not jobs.cancel(session, "remind", "order/1")
    assert run(toy) == 0
    with toy.reading() as session:
        assert jobs.get(session, job).state == CANCELLED


def test_what_is_moved_is_done_at_its_new_time(toy: Toy) -> None:
    fire(toy)
    with toy.writing() as session:
        jobs.plan(session, "remind", "order/1", DUE, branch=BRANCH)
    with toy.writing() as session:
        assert jobs.reschedule(session, "remind", "order/1", DUE + timedelta(hours=4))
        assert not jobs.reschedule(session, "remind", "order/2", DUE)
    assert run(toy) == 0
    assert run(toy, DUE + timedelta(hours=4)) == 1


def test_a_plan_that_is_rolled_back_never_was(toy: Toy) -> None:
    fire(toy)
    with pytest.raises(ZeroDivisionError), toy.writing() as session:
        jobs.plan(session, "remind", "order/1", DUE, branch=BRANCH)
        raise ZeroDivisionError
    assert run(toy) == 0


def test_planned_again_while_it_runs_it_runs_once_more(toy: Toy) -> None:
    seen = []

    @toy.jobs.kind("sum", lease_seconds=30)
    def add_up(job: jobs.RunningJob) -> None:
        seen.append(job.subject)
        if len(seen) == 1:
            with toy.writing() as session:
                assert jobs.plan(session, "sum", "day/1", DUE, branch=BRANCH) == job.id

    with toy.writing() as session:
        job = jobs.plan(session, "sum", "day/1", DUE, branch=BRANCH)
    assert run(toy) == 2
    assert len(seen) == 2
    with toy.reading() as session:
        assert jobs.get(session, job).state == DONE


def test_recurring_work_waits_for_its_next_time(toy: Toy) -> None:
    @toy.jobs.timer("nightly")
    def nightly(job: jobs.RunningJob) -> None:
        job.again(job.due_at + timedelta(days=1), {"night": job.payload.get("night", 0) + 1})

    with toy.writing() as session:
        job = jobs.plan(session, "nightly", "all", DUE, branch=BRANCH)
    assert run(toy, DUE + timedelta(days=2)) == 3
    with toy.reading() as session:
        row = jobs.get(session, job)
        assert (row.state, row.due_at, row.payload) == (WAITING, DUE + timedelta(days=3), {"night": 3})


def test_a_job_goes_on_in_the_branch_and_the_chain_of_its_cause_as_the_system(toy: Toy) -> None:
    seen = {}

    @toy.jobs.timer("look")
    def look(job: jobs.RunningJob) -> dict[str, str]:
        from shared.access import current_actor
        from shared.db import current_branch

        seen.update(branch=current_branch(), actor=current_actor().kind, trace=current_trace().correlation_id)
        return {"said": "done"}

    with tracing("chain-0001", None, None), acting_as(Actor("staff", "s1")), toy.writing() as session:
        job = jobs.plan(session, "look", "x", DUE, branch=BRANCH)
    run(toy)
    assert seen == {"branch": BRANCH, "actor": "system", "trace": "chain-0001"}
    with toy.reading() as session:
        row = jobs.get(session, job)
        assert (row.owner, row.result) == ("staff/s1", {"said": "done"})


def test_an_unknown_kind_is_left_to_a_newer_worker(toy: Toy) -> None:
    with toy.writing() as session:
        job = jobs.plan(session, "from-the-future", "x", DUE)
    assert run(toy) == 0
    with toy.reading() as session:
        assert jobs.get(session, job).state == WAITING


def test_the_backlog_counts_what_is_overdue_and_what_was_given_up(toy: Toy) -> None:
    fire(toy)
    with toy.writing() as session:
        jobs.plan(session, "remind", "order/1", DUE, branch=BRANCH)
        jobs.plan(session, "remind", "order/2", DUE + timedelta(hours=1), branch=BRANCH)
    with toy.reading() as session:
        assert jobs.backlog(session, DUE + timedelta(seconds=30)) == {"due": 1, "oldest_seconds": 30.0, "failed": 0}


def test_erasure_empties_jobs_and_cancels_open_ones(toy: Toy) -> None:
    fire(toy)
    with toy.writing() as session:
        done = jobs.plan(session, "remind", "customer/1", DUE, {"note": "x"}, branch=BRANCH)
    run(toy)
    with toy.writing() as session:
        waiting = jobs.plan(session, "remind", "customer/1", DUE, {"note": "y"}, branch=BRANCH)
        kept = jobs.plan(session, "remind", "customer/2", DUE, {"note": "z"}, branch=BRANCH)
        assert jobs.redact(session, ["customer/1"]) == 2
    with toy.reading() as session:
        assert [jobs.get(session, job).payload for job in (done, waiting, kept)] == [{}, {}, {"note": "z"}]
        assert jobs.get(session, waiting).state == CANCELLED
