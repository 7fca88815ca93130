"""The scheduler's own housekeeping."""

from datetime import timedelta

from app.kernel.i18n import N_
from app.kernel.jobs import Job
from app.runtime import Runtime
from app.scheduler import services


def forget_old_runs(runtime: Runtime) -> str:
    with runtime.database.transaction() as session:
        gone = services.forget_old_runs(session, now=runtime.clock.now())
    return f"{gone} runs forgotten" if gone else ""


JOBS = (
    Job(
        name="scheduler.forget-old-runs",
        description=N_("Deletes the record of job runs after a week, of failed ones after three months"),
        every=timedelta(hours=1),
        run=forget_old_runs,
    ),
)
