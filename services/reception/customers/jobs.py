"""Work that customers leave for later."""

from __future__ import annotations

from services.reception.customers import indexing
from shared.db import transaction
from shared.jobs import JobKinds, RunningJob

jobs = JobKinds()


@jobs.timer(indexing.INDEX)
def index(job: RunningJob) -> None:
    """Let every branch that knows a person find them by what they have now."""
    with transaction() as session:
        indexing.renew(session, [job.subject.removeprefix("customer/")])
