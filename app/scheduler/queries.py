"""What the page and the command line show of the jobs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.kernel.paging import Page, PageRequest, fetch_page
from app.scheduler.models import JobRun
from app.scheduler.registry import all_jobs


class Outcome(StrEnum):
    """How a job's latest run stands."""

    NEVER = "never"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of a job."""

    id: UUID
    job: str
    worker: str
    started_at: datetime
    finished_at: datetime | None
    result: str | None
    error: str | None

    @property
    def outcome(self) -> Outcome:
        if self.finished_at is None:
            return Outcome.RUNNING
        return Outcome.FAILED if self.error is not None else Outcome.DONE

    @property
    def lasted(self) -> timedelta | None:
        return self.finished_at - self.started_at if self.finished_at else None


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job, how its latest run went and when the next is due; no next run means as soon as a worker is there."""

    name: str
    description: str
    every: timedelta
    last_run: RunRow | None
    next_run: datetime | None

    @property
    def outcome(self) -> Outcome:
        return self.last_run.outcome if self.last_run else Outcome.NEVER


def overview(session: Session) -> tuple[JobRow, ...]:
    """Every job of the house, by name."""
    runs = latest_runs(session)
    return tuple(
        JobRow(
            name=job.name,
            description=job.description,
            every=job.every,
            last_run=(run := runs.get(job.name)),
            next_run=run.started_at + job.every if run else None,
        )
        for job in all_jobs()
    )


def latest_runs(session: Session) -> dict[str, RunRow]:
    """The latest run of each job that ever ran."""
    query = select(JobRun).ext(distinct_on(JobRun.job)).order_by(JobRun.job, JobRun.started_at.desc(), JobRun.id.desc())
    return {run.job: _row(run) for run in session.scalars(query)}


def history(session: Session, job: str, page: PageRequest) -> Page[RunRow]:
    """The runs of one job, latest first."""
    query = select(JobRun).where(JobRun.job == job).order_by(JobRun.started_at.desc(), JobRun.id.desc())
    found = fetch_page(session, query, page)
    return Page(tuple(_row(run) for run in found.items), found.total, found.number, found.size)


def _row(run: JobRun) -> RunRow:
    return RunRow(run.id, run.job, run.worker, run.started_at, run.finished_at, run.result, run.error)
