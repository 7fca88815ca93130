"""The worker process: delivers what is due, and runs the regular jobs while it leads."""

import logging
from threading import Event

from sqlalchemy.exc import DBAPIError

from app.kernel.errors import Unavailable
from app.kernel.logging import get_logger
from app.runtime import Runtime
from app.scheduler import queries
from app.scheduler.leadership import Leadership, lock_engine
from app.scheduler.outage import Outage
from app.scheduler.registry import all_jobs
from app.scheduler.running import worker_name
from app.scheduler.timetable import Timetable

log = get_logger(__name__)
logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it would tell of every tick
HEARTBEAT = 0.5


class Worker:
    """Runs until `stopping` is set. Any number may run on one database; one of them leads."""

    def __init__(self, runtime: Runtime) -> None:
        self.stopping = Event()
        self.leads = False
        self._runtime = runtime
        self._outage = Outage()
        self._leadership = Leadership(lock_engine(runtime.database.engine.url))
        self._own = self._timetable(everywhere=True)
        self._leaders: Timetable | None = None

    def run(self) -> None:
        """Work until told to stop; then finish what is running and hand over."""
        log.info("worker started", worker=worker_name(), jobs=len(all_jobs()))
        self._own.start({}, self._runtime.clock.now())
        try:
            while not self.stopping.wait(HEARTBEAT):
                self._beat()
        finally:
            self._own.stop(wait=True)
            self._step_down(wait=True)
            log.info("worker stopped", worker=worker_name())

    def _beat(self) -> None:
        """Twice a second: keep the lead, or try to take it. A database that is away is tried again at the next beat."""
        try:
            if self.leads:
                self._leadership.check()
            elif self._leadership.take():
                self._lead()
            self._outage.ended()
        except (DBAPIError, Unavailable) as error:
            self._outage.began(error)
            self._step_down(wait=False)

    def _lead(self) -> None:
        with self._runtime.database.reading() as session:
            last_starts = {name: run.started_at for name, run in queries.latest_runs(session).items()}
        self._leaders = self._timetable(everywhere=False)
        self._leaders.start(last_starts, self._runtime.clock.now())
        self.leads = True
        log.info("worker leads", worker=worker_name())

    def _step_down(self, *, wait: bool) -> None:
        leaders, self._leaders = self._leaders, None
        if leaders is not None:
            leaders.stop(wait=wait)
            log.info("worker no longer leads", worker=worker_name())
        self.leads = False
        self._leadership.drop()

    def _timetable(self, *, everywhere: bool) -> Timetable:
        jobs = [job for job in all_jobs() if job.everywhere == everywhere]
        return Timetable(self._runtime, jobs, self._outage)
