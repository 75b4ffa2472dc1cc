"""Work that call-backs leave for later."""

from __future__ import annotations

from services.followup.call_backs import actions
from services.followup.call_backs.hours import NoAllowedHour
from services.followup.call_backs.settings import HOURS
from shared import clock
from shared.db import transaction
from shared.jobs import JobFailed, JobKinds, RunningJob
from shared.settings import queries as set_values
from shared.settings.actions import FOLLOWED

jobs = JobKinds()


@jobs.timer(HOURS.key + FOLLOWED)
def hours_hold(job: RunningJob) -> None:
    """Other hours begin to hold: the open call-backs are due at other times (F1.2)."""
    branch = job.branch or ""
    with transaction() as session:
        # Whoever set them may be another process; what this one remembers is up to three seconds old.
        set_values.forget(session, branch)
        try:
            # By the database's clock the moment has come; ours may lag behind it.
            actions.place_again(branch, "hours_changed", max(clock.now(), job.due_at))
        except NoAllowedHour:
            raise JobFailed("call_backs.no_allowed_hour") from None
