"""A run over all records: read, learn, match, name, survive, write. A run that fails leaves everything as it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.enums import RunKind, RunStatus
from app.customers.errors import MatchInProgress
from app.customers.events import CustomersMatched
from app.customers.locks import only_one
from app.customers.matching import neighbourhood as around
from app.customers.matching.differences import differences
from app.customers.matching.flow import hold, name_clusters, step
from app.customers.matching.identity import Identities
from app.customers.matching.limits import Limits, limited, note_applied, read_limits
from app.customers.matching.outcome import build_outcome
from app.customers.matching.parameters import Parameters, current_parameters, keep
from app.customers.matching.people import Clusters
from app.customers.matching.records import Current, Decisions, read_current, read_decisions, read_links, read_pins
from app.customers.matching.rules import read_rules, read_ruling
from app.customers.matching.whole import Whole, learned_from
from app.customers.matching.writing import Outcome, write
from app.customers.models import MatchDue, MatchRun, RuleSet, SourceRecord
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

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self._tell(name)
        began = perf_counter()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0.0) + perf_counter() - began, 3)


def match_all(
    database: Database,
    *,
    clock: Clock,
    progress: Progress | None = None,
    actor: Actor = SYSTEM,
    learns: bool = True,
    rehearsal: bool = False,
    run_id: UUID | None = None,
) -> MatchReport:
    """Match all source records anew. Raises MatchInProgress while another run is at work.

    `learns`: by a model that is learned from them first, which becomes the one that holds; else by the one that holds already.
    `rehearsal`: nothing is changed, and the run tells what would have been. `run_id`: a run that waits to be taken up. What stewards
    decide, and what arrives, while the engine works is in the result.
    """
    with only_one(database, "match", MatchInProgress()):
        run = _Run(database, clock, progress or quietly, actor, learns=learns, rehearsal=rehearsal, run_id=run_id)
        with run.noting_failure():
            for _ in range(_ATTEMPTS):
                if report := run.attempt():
                    return report
            raise MatchInProgress


@dataclass(frozen=True)
class _Matched:
    """What the engine has found so far, and on what grounds."""

    whole: Whole
    records: list[Current]
    decisions: Decisions
    clusters: Clusters
    limits: Limits


class _Run:
    """A run at work. Its row is there from the start, whatever becomes of it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        progress: Progress,
        actor: Actor,
        *,
        learns: bool,
        rehearsal: bool,
        run_id: UUID | None,
    ) -> None:
        self.database, self.clock, self.actor, self._progress = database, clock, actor, progress
        self.learns, self.rehearsal = learns, rehearsal
        self.watch, self.began = _Watch(self._tell), perf_counter()
        with database.transaction() as session:
            session.execute(_INTERRUPTED, {"now": clock.now()})
            self.id = self._open(session, run_id)

    def _open(self, session: Session, run_id: UUID | None) -> UUID:
        run = session.get(MatchRun, run_id) if run_id else None
        if run is None:
            run = MatchRun(
                id=new_id(), kind=RunKind.REHEARSAL if self.rehearsal else RunKind.FULL, learns=self.learns,
                actor_id=self.actor.account_id, actor_name=self.actor.name,
            )  # fmt: skip
            session.add(run)
        run.status, run.started_at = RunStatus.RUNNING, self.clock.now()
        session.flush()
        return run.id

    def _tell(self, stage: str) -> None:
        """To whoever waits at the command line, and to whoever looks at the run's page."""
        with self.database.transaction() as session:
            session.execute(update(MatchRun).where(MatchRun.id == self.id).values(progress={"stage": stage}))
        self._progress(stage, 0, None)

    def attempt(self) -> MatchReport | None:
        """The whole run; None if a record was erased meanwhile, and nothing was changed."""
        with self.watch.stage("read"), self.database.reading() as session:
            records, decisions = read_current(session), read_decisions(session)
            held, limits = current_parameters(session), read_limits(session)
        with self.watch.stage("learn"):
            anew = self.learns or held is None or not held.is_usable
            by = limited(learned_from(records) if anew else held, limits)
        with self.watch.stage("match"):
            whole = Whole(records, by)
            clusters = whole.clusters(decisions)
        found = _Matched(whole, records, decisions, clusters, limits)
        if self.rehearsal:
            with self.database.reading() as session:
                result = self._work_out(session, found, self.clock.now())
            with self.database.transaction() as session:
                return self._close(session, found, *result, before=held, now=self.clock.now())
        return self._write(found, held)

    def _write(self, found: _Matched, held: Parameters | None) -> MatchReport | None:
        with self.database.transaction() as session:
            hold(session)
            now = self.clock.now()
            late = _changed_since(session, found.records)
            if late is None:
                return None
            waiting = list(session.scalars(select(MatchDue.id)))
            decisions = read_decisions(session)
            if decisions != found.decisions:
                clusters = found.whole.clusters(decisions)
                found = replace(found, decisions=decisions, clusters=clusters)
            with self.watch.stage("survive"):
                ids, outcome, told = self._work_out(session, found, now)
            with self.watch.stage("write"):
                write(session, self.id, outcome, now)
                self._remember(session, found, waiting, now)
                if late:
                    step(session, self.actor, kind=RunKind.ARRIVAL, now=now, changed=late)
            return self._close(session, found, ids, outcome, told, before=held, now=now)

    def _work_out(self, session: Session, found: _Matched, now: datetime) -> tuple[Identities, Outcome, dict[str, Any]]:
        before = read_links(session)
        before = {record.id: before[record.id] for record in found.records if record.id in before}
        ids = name_clusters(session, found.records, found.clusters, before)
        outcome = build_outcome(
            found.records,
            found.clusters,
            ids,
            found.decisions,
            pins=read_pins(session),
            by=read_rules(session),
            today=london_date(now),
        )
        return ids, outcome, differences(found.records, found.clusters, ids, before)

    def _remember(self, session: Session, found: _Matched, waiting: list[int], now: datetime) -> None:
        """The model, the marks and the near pairs by which the next records are matched as they come."""
        model_id = None
        if found.whole.by is not None:
            model_id = keep(session, found.whole.by, by=self.actor.name, now=now).id
        if model_id is not None:
            around.remember_all(session, found.whole.marks(), found.whole.edges(), found.whole.shared, model_id)
        session.execute(text("DELETE FROM match_due WHERE id = ANY(:ids)"), {"ids": waiting})
        note_applied(session, found.limits, now)
        number = read_ruling(session).number
        session.execute(
            update(RuleSet).where(RuleSet.number <= number, RuleSet.applied_at.is_(None)).values(applied_at=now)
        )
        session.execute(update(MatchRun).where(MatchRun.id == self.id).values(model_id=model_id))

    def _close(
        self,
        session: Session,
        found: _Matched,
        ids: Identities,
        outcome: Outcome,
        told: dict[str, Any],
        *,
        before: Parameters | None,
        now: datetime,
    ) -> MatchReport:
        report = self._report(ids, outcome)
        run = session.get_one(MatchRun, self.id)
        run.status, run.finished_at, run.timings, run.progress = RunStatus.DONE, now, report.timings, {}
        run.counts = {name: getattr(report, name) for name in _COUNTED}
        run.differences = {**told, "model_before": str(before.id) if before else None}
        if self.rehearsal:
            return report
        golden = report.golden_records
        audit.record(session, self.actor, "customers.matched", "match_run", self.id, now=now, golden=golden)
        publish(session, CustomersMatched(self.id))
        log.info("customers matched", records=report.records, golden=golden, seconds=report.seconds)
        return report

    def _report(self, ids: Identities, outcome: Outcome) -> MatchReport:
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
            timings=dict(self.watch.seconds),
        )

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


def _changed_since(session: Session, records: list[Current]) -> list[UUID] | None:
    """Records that are new, or not as they were when they were read; None if one of those that were read is gone."""
    query = select(SourceRecord.id, SourceRecord.version, SourceRecord.restricted)
    now = {row[0]: (row[1], row[2]) for row in session.execute(query)}
    then = {record.id: (record.version, record.restricted) for record in records}
    if then.keys() - now.keys():
        return None
    return sorted(record for record, state in now.items() if then.get(record) != state)
