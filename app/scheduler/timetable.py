"""A set of jobs, each run by APScheduler in its period, never two of one at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import DBAPIError

from app.kernel.errors import Unavailable
from app.kernel.jobs import Job
from app.runtime import Runtime
from app.scheduler.outage import Outage
from app.scheduler.running import Runner

THREADS = 6
_APART = timedelta(milliseconds=200)


class Timetable:
    """Runs its jobs from `start` to `stop`. A new one is made for each term of a leader."""

    def __init__(self, runtime: Runtime, jobs: Sequence[Job], outage: Outage) -> None:
        self._runner = Runner(runtime)
        self._outage = outage
        self._jobs = jobs
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(THREADS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )

    def start(self, last_starts: Mapping[str, datetime], now: datetime) -> None:
        """Begin. A job that ran lately keeps its rhythm; one that is overdue, or new, runs at once, a moment after the one before."""
        for place, job in enumerate(self._jobs):
            last = last_starts.get(job.name)
            due = max(last + job.every, now) if last else now
            self._scheduler.add_job(
                self._run,
                "interval",
                args=[job],
                id=job.name,
                seconds=job.every.total_seconds(),
                next_run_time=due + place * _APART,
            )
        self._scheduler.start()

    def stop(self, *, wait: bool) -> None:
        """Begin nothing more; `wait` for what is running."""
        self._scheduler.shutdown(wait=wait)

    def _run(self, job: Job) -> None:
        try:
            self._runner.run(job)
        except (Unavailable, DBAPIError) as error:
            self._outage.began(error)
