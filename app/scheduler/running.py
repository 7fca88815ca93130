"""Running one job, once: alone, timed and written down, whatever happens in it."""

import os
import socket
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy.exc import OperationalError

from app.kernel.errors import DomainError, Unavailable
from app.kernel.jobs import Job
from app.kernel.logging import get_logger
from app.runtime import Runtime
from app.scheduler import services
from app.scheduler.leadership import alone, lock_engine

log = get_logger(__name__)
BRIEF = timedelta(minutes=1)
QUIET_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run ended: with a result, with an error, or not begun because it was already running elsewhere."""

    result: str | None = None
    error: str | None = None

    @property
    def was_busy(self) -> bool:
        return self.result is None and self.error is None


def worker_name() -> str:
    """Who ran it: machine and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Runner:
    """Runs jobs for one worker, or for one command."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._locks = lock_engine(runtime.database.engine.url)
        self._quiet_noted: dict[str, datetime] = {}

    def run(self, job: Job) -> Ran:
        """Run a job now. Raises Unavailable or DBAPIError only when the database is away; its own errors are its result."""
        if job.everywhere:
            return self._written_down(job)
        with alone(self._locks, job.name) as mine:
            return self._written_down(job) if mine else Ran()

    def _written_down(self, job: Job) -> Ran:
        return self._afterwards(job) if job.every < BRIEF else self._before_and_after(job)

    def _before_and_after(self, job: Job) -> Ran:
        database, clock = self._runtime.database, self._runtime.clock
        with database.transaction() as session:
            run_id = services.start_run(session, job.name, worker_name(), now=clock.now())
        ran = _attempt(self._runtime, job)
        with database.transaction() as session:
            services.finish_run(session, run_id, result=ran.result, error=ran.error, now=clock.now())
        return ran

    def _afterwards(self, job: Job) -> Ran:
        """For what runs every few seconds: written down at its end, and only now and then while there is nothing to do."""
        clock = self._runtime.clock
        started = clock.now()
        ran = _attempt(self._runtime, job)
        noted = self._quiet_noted.get(job.name)
        if ran.result == "" and noted and started - noted < QUIET_PAUSE:
            return ran
        with self._runtime.database.transaction() as session:
            run_id = services.start_run(session, job.name, worker_name(), now=started)
            services.finish_run(session, run_id, result=ran.result, error=ran.error, now=clock.now())
        self._quiet_noted[job.name] = started
        return ran


def _attempt(runtime: Runtime, job: Job) -> Ran:
    started = perf_counter()
    try:
        result = job.run(runtime)
    except (Unavailable, OperationalError):
        if not runtime.database.answers():
            raise
        log.exception("job failed", job=job.name)
        return Ran(error="the database went away while it ran")
    except Exception as error:  # whatever a job does, the others go on and the page shows it
        log.exception("job failed", job=job.name)
        return Ran(error=_in_short(error))
    if result:
        log.info("job done", job=job.name, result=result, seconds=round(perf_counter() - started, 3))
    return Ran(result=result)


def _in_short(error: Exception) -> str:
    """What the page may show: our own words in full, of other errors only kind and place, for they may name people."""
    if isinstance(error, DomainError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
