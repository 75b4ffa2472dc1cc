"""Imports of calls, done by the worker (R3.1)."""

from __future__ import annotations

from typing import Any

from services.reception.calls.actions import KIND
from services.reception.calls.importing import IMPORTER
from shared.importing.run import run_import
from shared.jobs import JobKinds, RunningJob

jobs = JobKinds()


@jobs.kind(KIND, lease_seconds=60, kept_days=7)
def import_calls(job: RunningJob) -> dict[str, Any]:
    """Check a list of calls and log them; see ``shared.importing.run``."""
    return run_import(job, IMPORTER)
