"""Whatever order of planning, cancelling, dying, waiting: a planned job has its effect once, a cancelled one none."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from shared import jobs
from shared.db import transaction
from shared.faults import armed
from tests.shared.jobs.test_running import POINTS, Killed, kill
from tests.shared.jobs.toy import BRANCH, Toy, effect, sqlite_database

DUE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SUBJECTS = st.sampled_from("abc")
STEPS = st.one_of(
    st.tuples(st.just("plan"), SUBJECTS, st.integers(0, 90)),
    st.tuples(st.just("cancel"), SUBJECTS),
    st.tuples(st.just("work")),
    st.tuples(st.just("die"), st.sampled_from(POINTS)),
    st.tuples(st.just("wait"), st.integers(1, 90)),
)


class Model:
    """What must be true, kept beside what is done."""

    def __init__(self) -> None:
        self.open: set[str] = set()
        self.fired: dict[str, int] = {}


def test_any_history(tmp_path: Path) -> None:
    toy = Toy(sqlite_database(tmp_path), tmp_path)
    examples = itertools.count()

    @toy.jobs.timer("fire", attempts=1000)
    def fire(job: jobs.RunningJob) -> None:
        with transaction() as session:
            effect(session, job.subject)

    @settings(max_examples=40, deadline=None)
    @given(st.lists(STEPS, max_size=14))
    def history(steps: list[tuple]) -> None:
        example, now, model = next(examples), DUE, Model()

        def ended() -> None:
            # A job that is not open any more has fired since the last look.
            with toy.reading() as session:
                for subject in [s for s in model.open if jobs.open_job(session, "fire", s) is None]:
                    model.open.discard(subject)
                    model.fired[subject] = model.fired.get(subject, 0) + 1

        def work() -> None:
            with toy.app.app_context():
                jobs.run_due(now=now)

        for name, *rest in steps:
            subject = f"{example}-{rest[0]}" if name in ("plan", "cancel") else ""
            if name == "plan":
                with toy.writing() as session:
                    running = jobs.open_job(session, "fire", subject)
                    # Planned while a dead worker still holds it, it would run once more: another rule, another test.
                    if running is None or running.state == "waiting":
                        jobs.plan(session, "fire", subject, now + timedelta(seconds=rest[1]), branch=BRANCH)
                        model.open.add(subject)
            elif name == "cancel":
                with toy.writing() as session:
                    if jobs.cancel(session, "fire", subject):
                        model.open.discard(subject)
            elif name == "wait":
                now += timedelta(seconds=rest[0])
            elif name == "die":
                try:
                    with armed(rest[0], kill):
                        work()
                except Killed:
                    pass
            else:
                work()
            ended()
        for _ in range(3):
            now += timedelta(seconds=100)
            work()
        ended()
        assert not model.open
        assert {s: n for s, n in toy.effects().items() if s.startswith(f"{example}-")} == model.fired

    history()
    toy.database.dispose()
