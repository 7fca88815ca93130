"""Writing down what the jobs do."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.scheduler.models import JobRun

KEEP_RUNS = timedelta(days=7)
KEEP_FAILURES = timedelta(days=90)


def start_run(session: Session, job: str, worker: str, *, now: datetime) -> UUID:
    """Note that a run has begun."""
    run = JobRun(job=job, worker=worker, started_at=now)
    session.add(run)
    session.flush()
    return run.id


def finish_run(session: Session, run_id: UUID, *, result: str | None, error: str | None, now: datetime) -> None:
    """Note how it ended. Of a job's uneventful runs only the latest is kept: some run every other second."""
    run = session.get_one(JobRun, run_id)
    run.finished_at, run.result, run.error = max(now, run.started_at), result, error
    if result == "":
        uneventful = (JobRun.job == run.job, JobRun.worker == run.worker, JobRun.result == "", JobRun.id != run_id)
        session.execute(delete(JobRun).where(*uneventful))


def forget_old_runs(session: Session, *, now: datetime) -> int:
    """Delete runs that nobody will ask about, but never a job's latest; failures stay longer. Returns how many went."""
    latest = (
        select(JobRun.id).ext(distinct_on(JobRun.job)).order_by(JobRun.job, JobRun.started_at.desc(), JobRun.id.desc())
    )
    old = or_(
        (JobRun.started_at < now - KEEP_RUNS) & JobRun.error.is_(None),
        JobRun.started_at < now - KEEP_FAILURES,
    )
    gone = session.scalars(delete(JobRun).where(old, JobRun.id.not_in(latest.scalar_subquery())).returning(JobRun.id))
    return len(gone.all())
