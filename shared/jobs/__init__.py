"""Durable timers and long work: rows with a due time, a lease while somebody does them, progress and a result.

A capability declares its kinds in ``jobs.py`` (``jobs = JobKinds()``) and plans with ``plan`` in its action's
transaction; the service's worker does what is due: a short handler exactly once, a long one from checkpoint to
checkpoint.
"""

from __future__ import annotations

from shared.jobs.actions import cancel, plan, redact, reschedule
from shared.jobs.kinds import JobFailed, JobKinds, Kind
from shared.jobs.model import Job
from shared.jobs.queries import backlog, get, open_job
from shared.jobs.running import Interrupted, LeaseLost, RunningJob
from shared.jobs.sweeping import sweep
from shared.jobs.worker import Worker, run_due

__all__ = [
    "Interrupted", "Job", "JobFailed", "JobKinds", "Kind", "LeaseLost", "RunningJob", "Worker",
    "backlog", "cancel", "get", "open_job", "plan", "redact", "reschedule", "run_due", "sweep",
]  # fmt: skip
