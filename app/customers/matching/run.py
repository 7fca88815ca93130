"""One match run: read, match, name, survive, swap. A run that fails leaves everything as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from time import perf_counter

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.enums import RunStatus
from app.customers.errors import MatchInProgress
from app.customers.events import CustomersMatched
from app.customers.locks import only_one
from app.customers.matching.engine import Clusters, find_clusters
from app.customers.matching.identity import Identities, assign
from app.customers.matching.outcome import build_outcome
from app.customers.matching.records import read_current, read_decisions, read_links
from app.customers.matching.swap import Outcome, swap
from app.customers.models import MatchRun
from app.customers.progress import Progress, quietly
from app.customers.rows import MatchReport
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import Clock, london_date
from app.kernel.db import Database
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.kernel.logging import get_logger

log = get_logger(__name__)
_ATTEMPTS = 3
_COUNTED = ("records", "golden_records", "links", "possible_matches", "created", "kept", "retired")
_INTERRUPTED = text(
    "UPDATE match_run SET status = 'failed', finished_at = :now, error = 'interrupted' WHERE status = 'running'"
)


class _Watch:
    """Seconds by stage, told as they pass."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.progress(name, 0, None)
        began = perf_counter()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0.0) + perf_counter() - began, 3)


def match_all(
    database: Database, *, clock: Clock, progress: Progress | None = None, actor: Actor = SYSTEM
) -> MatchReport:
    """Match all source records anew. Raises MatchInProgress while another run is at work.

    A decision that a steward makes meanwhile is not lost: the run starts over with it.
    """
    with only_one(database, "match", MatchInProgress()):
        run = _Run(database, clock, progress or quietly, actor)
        with run.noting_failure():
            for _ in range(_ATTEMPTS):
                if report := run.attempt():
                    return report
            raise MatchInProgress


class _Run:
    """A run at work. Its row is there from the start, whatever becomes of it."""

    def __init__(self, database: Database, clock: Clock, progress: Progress, actor: Actor) -> None:
        self.database, self.clock, self.actor = database, clock, actor
        self.watch, self.began = _Watch(progress), perf_counter()
        with database.transaction() as session:
            session.execute(_INTERRUPTED, {"now": clock.now()})
            made = MatchRun(
                id=new_id(), status=RunStatus.RUNNING, started_at=clock.now(), actor_id=actor.account_id,
                actor_name=actor.name, model={}, counts={}, timings={},
            )  # fmt: skip
            session.add(made)
        self.id = made.id

    def attempt(self) -> MatchReport | None:
        """The whole run; None if a steward decided something meanwhile, and nothing was changed."""
        with self.watch.stage("read"), self.database.reading() as session:
            records, decisions = read_current(session), read_decisions(session)
        with self.watch.stage("match"):
            clusters = find_clusters(records, decisions)
        now = self.clock.now()
        with self.database.transaction() as session:
            session.execute(text("LOCK TABLE steward_decision IN SHARE MODE"))
            if read_decisions(session) != decisions:
                return None
            with self.watch.stage("survive"):
                ids = assign(
                    [[records[n].id for n in group] for group in clusters.members], read_links(session), new_id
                )
                outcome = build_outcome(records, clusters, ids, decisions, london_date(now))
            with self.watch.stage("write"):
                swap(session, self.id, outcome, now)
            report = self._report(clusters, ids, outcome)
            self._close(session, clusters, report, now)
        log.info("customers matched", records=report.records, golden=report.golden_records, seconds=report.seconds)
        return report

    def _report(self, clusters: Clusters, ids: Identities, outcome: Outcome) -> MatchReport:
        return MatchReport(
            run_id=self.id,
            records=len(outcome.links),
            golden_records=len(ids.ids),
            links=len(outcome.links),
            possible_matches=len(outcome.possible),
            created=len(ids.created),
            kept=len(ids.ids) - len(ids.created),
            retired=len(ids.retired),
            seconds=round(perf_counter() - self.began, 3),
            timings={
                **self.watch.seconds,
                **{f"match.{name}": round(took, 3) for name, took in clusters.timings.items()},
            },
        )

    def _close(self, session: Session, clusters: Clusters, report: MatchReport, now: datetime) -> None:
        run = session.get_one(MatchRun, self.id)
        run.status, run.finished_at, run.model, run.timings = RunStatus.DONE, now, clusters.model, report.timings
        run.counts = {**clusters.counts, **{name: getattr(report, name) for name in _COUNTED}}
        golden = report.golden_records
        audit.record(session, self.actor, "customers.matched", "match_run", self.id, now=now, golden=golden)
        publish(session, CustomersMatched(self.id))

    @contextmanager
    def noting_failure(self) -> Iterator[None]:
        """A run that fails says so, and why, in the list of runs."""
        try:
            yield
        except Exception as error:
            with self.database.transaction() as session:
                run = session.get_one(MatchRun, self.id)
                run.status, run.finished_at, run.error = RunStatus.FAILED, self.clock.now(), str(error)[:2000]
            raise
