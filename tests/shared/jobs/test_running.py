"""Doing jobs: exactly once whatever crashes, retried when they fail, given up with a code and never a stack."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from shared import files, jobs
from shared.db import transaction
from shared.faults import armed
from shared.jobs.model import CANCELLED, DONE, FAILED, RUNNING, WAITING
from tests.shared.jobs.toy import BRANCH, Toy, effect

DUE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=31)


class Killed(BaseException):
    """Ends everything at once, as kill -9 does: no handler of exceptions runs, open transactions are gone."""


def kill() -> None:
    raise Killed


def run(toy: Toy, now: datetime = DUE, stop: threading.Event | None = None) -> int:
    with toy.app.app_context():
        return jobs.run_due(now=now, stop=stop)


def planned(toy: Toy, kind: str, subject: str = "a") -> str:
    with toy.writing() as session:
        return jobs.plan(session, kind, subject, DUE, branch=BRANCH)


def row(toy: Toy, job: str) -> jobs.Job:
    with toy.reading() as session:
        return jobs.get(session, job)


def timer(toy: Toy, before: Callable[[jobs.RunningJob], None] = lambda job: None) -> None:
    @toy.jobs.timer("fire")
    def fire(job: jobs.RunningJob) -> None:
        with transaction() as session:
            effect(session, job.subject)
        before(job)


def steps(toy: Toy, count: int = 5, between: Callable[[jobs.RunningJob], None] = lambda job: None) -> None:
    @toy.jobs.kind("steps", lease_seconds=30)
    def walk(job: jobs.RunningJob) -> dict[str, int]:
        for step in range(job.payload.get("next", 0), count):
            job.beat()
            with transaction() as session:
                effect(session, f"{job.subject}/{step}", step)
                job.checkpoint(session, progress=step + 1, total=count, payload={"next": step + 1})
            between(job)
        return {"steps": count}


POINTS = (
    "jobs.claim.before_commit", "jobs.timer.before_handler", "jobs.timer.before_commit", "jobs.timer.after_commit",
)  # fmt: skip


@pytest.mark.parametrize("point", POINTS)
def test_a_timer_whose_worker_dies_anywhere_fires_exactly_once(toy: Toy, point: str) -> None:
    timer(toy)
    job = planned(toy, "fire")
    with armed(point, kill), pytest.raises(Killed):
        run(toy)
    run(toy, DUE + timedelta(seconds=1))
    run(toy, DUE + LEASE)
    assert toy.effects() == {"a": 1}
    assert row(toy, job).state == DONE


def test_while_the_lease_holds_nobody_else_takes_the_job(toy: Toy) -> None:
    timer(toy)
    planned(toy, "fire")
    with armed("jobs.timer.before_handler", kill), pytest.raises(Killed):
        run(toy)
    assert run(toy, DUE + timedelta(seconds=29)) == 0
    assert run(toy, DUE + LEASE) == 1


@pytest.mark.parametrize("dies_after", range(5))
def test_a_long_job_goes_on_from_its_last_checkpoint(toy: Toy, dies_after: int) -> None:
    def die(job: jobs.RunningJob) -> None:
        if job.progress == dies_after + 1 and job.attempt == 1:
            raise Killed

    steps(toy, between=die)
    job = planned(toy, "steps")
    with pytest.raises(Killed):
        run(toy)
    assert row(toy, job).progress == dies_after + 1
    assert run(toy, DUE + LEASE) == 1
    assert toy.effects() == {f"a/{step}": 1 for step in range(5)}
    assert (row(toy, job).state, row(toy, job).result) == (DONE, {"steps": 5})


def test_who_lost_the_lease_leaves_nothing_behind(toy: Toy) -> None:
    """A worker that slept too long wakes while another has finished its job: its step is rolled back."""
    taken = []

    def sleep_too_long(job: jobs.RunningJob) -> None:
        if job.progress == 2 and not taken:
            taken.append(run(toy, DUE + LEASE))

    steps(toy, between=sleep_too_long)
    job = planned(toy, "steps")
    run(toy)
    assert taken == [1]
    assert toy.effects() == {f"a/{step}": 1 for step in range(5)}
    assert row(toy, job).state == DONE


def test_a_slow_timer_that_another_worker_fired_meanwhile_is_rolled_back(toy: Toy) -> None:
    if toy.database.dialect == "sqlite":
        pytest.skip("one writer at a time: nobody can fire it meanwhile")
    taken = []

    def sleep_too_long(job: jobs.RunningJob) -> None:
        if not taken:
            taken.append(None)
            other = threading.Thread(target=lambda: taken.append(run(toy, DUE + LEASE)))
            other.start()
            other.join(20)

    timer(toy, sleep_too_long)
    planned(toy, "fire")
    run(toy)
    assert taken == [None, 1]
    assert toy.effects() == {"a": 1}


def test_a_job_cancelled_while_it_runs_stops_at_its_checkpoint(toy: Toy) -> None:
    def call_off(job: jobs.RunningJob) -> None:
        if job.progress == 2:
            with toy.writing() as session:
                assert jobs.cancel(session, "steps", "a")

    steps(toy, between=call_off)
    job = planned(toy, "steps")
    run(toy)
    assert toy.effects() == {"a/0": 1, "a/1": 1}
    assert row(toy, job).state == CANCELLED


def test_a_process_that_ends_gives_its_long_job_back_at_once(toy: Toy) -> None:
    stop = threading.Event()
    steps(toy, between=lambda job: stop.set())
    job = planned(toy, "steps")
    run(toy, stop=stop)
    assert (row(toy, job).state, row(toy, job).attempts) == (WAITING, 0)
    assert run(toy, DUE + timedelta(seconds=1)) == 1
    assert toy.effects() == {f"a/{step}": 1 for step in range(5)}


def test_a_failing_job_is_tried_again_later_and_then_given_up_without_a_stack(toy: Toy) -> None:
    tried = []

    @toy.jobs.kind("broken", attempts=3)
    def broken(job: jobs.RunningJob) -> None:
        tried.append(job.attempt)
        with transaction() as session:
            effect(session, job.subject)
        raise ValueError("13812345678")

    job = planned(toy, "broken")
    run(toy)
    assert (row(toy, job).state, row(toy, job).due_at) == (WAITING, DUE + timedelta(seconds=2))
    assert run(toy, DUE + timedelta(seconds=1)) == 0
    run(toy, DUE + timedelta(seconds=2))
    run(toy, DUE + timedelta(minutes=1))
    assert run(toy, DUE + timedelta(days=1)) == 0
    assert tried == [1, 2, 3]
    assert (row(toy, job).state, row(toy, job).error) == (FAILED, {"code": "unexpected"})
    assert toy.effects() == {}


def test_what_cannot_succeed_is_not_tried_again(toy: Toy) -> None:
    @toy.jobs.kind("hopeless")
    def hopeless(job: jobs.RunningJob) -> None:
        with transaction() as session:
            effect(session, job.subject)
        raise jobs.JobFailed("file.gone", result={"rows": 0}, error_count=1)

    job = planned(toy, "hopeless")
    assert run(toy) == 1
    found = row(toy, job)
    assert (found.state, found.error, found.result) == (FAILED, {"code": "file.gone", "error_count": 1}, {"rows": 0})
    assert toy.effects() == {}


def test_a_job_that_kills_its_workers_is_given_up(toy: Toy) -> None:
    timer(toy, lambda job: kill())
    job = planned(toy, "fire")
    now = DUE
    for _ in range(8):
        with pytest.raises(Killed):
            run(toy, now)
        now += LEASE
    assert run(toy, now) == 0
    assert (row(toy, job).state, row(toy, job).error) == (FAILED, {"code": "crashed"})


def test_finished_jobs_and_their_files_go_when_their_day_has_come(toy: Toy) -> None:
    import io

    @toy.jobs.kind("keep", kept_days=7)
    def keep(job: jobs.RunningJob) -> None:
        """Nothing."""

    job = planned(toy, "keep")
    with toy.app.app_context():
        file = files.store(io.BytesIO(b"rows"), owner=f"job/{job}", media_type="text/csv", limit=100)
    run(toy)
    with toy.app.app_context():
        assert jobs.sweep(DUE + timedelta(days=6)) == 0
        assert jobs.sweep(DUE + timedelta(days=8)) == 1
    assert row(toy, job) is None
    with toy.reading() as session, pytest.raises(files.NoSuchFile):
        files.path_of(session, file)


def test_two_workers_that_die_all_the_time_do_everything_once(toy: Toy, seed: int) -> None:
    """Real threads, real leases, deaths at every point: nothing twice, nothing missed."""
    import random

    chance = random.Random(seed)
    timers, walks, enough = 24, 6, threading.Event()

    @toy.jobs.kind("walk", lease_seconds=0.4, attempts=500)
    def walk(job: jobs.RunningJob) -> None:
        for step in range(job.payload.get("next", 0), 3):
            with transaction() as session:
                effect(session, f"{job.subject}/{step}", step)
                job.checkpoint(session, progress=step + 1, total=3, payload={"next": step + 1})
            die()

    @toy.jobs.kind("tick", attempts=500)
    def tick(job: jobs.RunningJob) -> None:
        with transaction() as session:
            effect(session, job.subject)
        die()

    def die() -> None:
        if not enough.is_set() and chance.random() < 0.15:
            raise Killed

    object.__setattr__(toy.jobs.get("tick"), "lease_seconds", 0.4)
    with toy.writing() as session:
        for number in range(timers):
            jobs.plan(session, "tick", f"tick/{number}", DUE - timedelta(days=400), branch=BRANCH)
        for number in range(walks):
            jobs.plan(session, "walk", f"walk/{number}", DUE - timedelta(days=400), branch=BRANCH)

    def work() -> None:
        with toy.app.app_context():
            while not over.is_set():
                try:
                    if not jobs.run_due(5):
                        over.wait(0.02)
                except Killed:
                    continue

    over = threading.Event()
    with ExitStack() as dying:
        for point in (*POINTS, "jobs.long.before_done"):
            dying.enter_context(armed(point, die))
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        wanted = {f"tick/{n}": 1 for n in range(timers)} | {f"walk/{n}/{s}": 1 for n in range(walks) for s in range(3)}
        for round_ in range(600):
            if round_ == 200:
                enough.set()
            with toy.reading() as session:
                open_jobs = session.query(jobs.Job).filter(jobs.Job.state.in_((WAITING, RUNNING))).count()
            if not open_jobs:
                break
            over.wait(0.05)
        over.set()
        for thread in threads:
            thread.join(20)
    assert toy.effects() == wanted
