"""Match runs, and the versions of the model they worked by."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.customers.enums import RunKind, RunStatus
from app.customers.models import MatchDue, MatchModel, MatchRecord, MatchRun
from app.customers.rows import ModelRow, RunView
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page

WHOLE = (RunKind.FULL, RunKind.REHEARSAL, RunKind.ROLLBACK)


def match_runs(session: Session, wanted: PageRequest, *, everything: bool = False) -> Page[RunView]:
    """Runs over all records, rehearsals and rollbacks, the latest first; with `everything`, steps and decisions too."""
    query = select(MatchRun).order_by(MatchRun.started_at.desc(), MatchRun.id.desc())
    if not everything:
        query = query.where(MatchRun.kind.in_(WHOLE))
    found = fetch_page(session, query, wanted)
    numbers, latest = _numbers(session), _latest(session)
    rows = tuple(_row(run, numbers, latest) for run in found.items)
    return Page(rows, found.total, found.number, found.size)


def match_run(session: Session, run_id: UUID) -> RunView:
    """One run, with what it changed."""
    run = session.get(MatchRun, run_id)
    if run is None:
        raise NotFound
    return _row(run, _numbers(session), _latest(session))


def match_models(session: Session) -> list[ModelRow]:
    """All versions of the model, the latest first, with the records that are matched under each now."""
    counts = {
        row[0]: row[1]
        for row in session.execute(select(MatchRecord.model_id, func.count()).group_by(MatchRecord.model_id))
    }
    return [
        ModelRow(one.id, one.number, one.made_at, one.made_by, one.records, one.current, counts.get(one.id, 0))
        for one in session.scalars(select(MatchModel).order_by(MatchModel.number.desc()))
    ]


def match_model_parameters(session: Session, number: int) -> dict[str, object]:
    """The parameters of a version, to be read and compared. NotFound if there is no such version."""
    found = session.scalar(select(MatchModel).where(MatchModel.number == number))
    if found is None:
        raise NotFound
    return {"number": number, "recipe": found.recipe, "model": found.parameters}


def old_versions(session: Session, source_record_ids: list[UUID]) -> dict[UUID, int]:
    """Of these records, those that are matched under another version of the model than holds now, and under which."""
    query = (
        select(MatchRecord.record_id, MatchModel.number)
        .join(MatchModel, MatchModel.id == MatchRecord.model_id)
        .where(MatchRecord.record_id.in_(source_record_ids), ~MatchModel.current)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def records_waiting(session: Session) -> int:
    """How many records wait to be matched."""
    return session.scalar(select(func.count(func.distinct(MatchDue.record_id)))) or 0


def _numbers(session: Session) -> dict[UUID, int]:
    return {row[0]: row[1] for row in session.execute(select(MatchModel.id, MatchModel.number))}


def _latest(session: Session) -> UUID | None:
    """The run over everything on which no other stands: the only one that can be taken back."""
    return session.scalar(
        select(MatchRun.id)
        .where(MatchRun.kind == RunKind.FULL, MatchRun.status == RunStatus.DONE, MatchRun.rolled_back_at.is_(None))
        .order_by(MatchRun.finished_at.desc(), MatchRun.id.desc())
        .limit(1)
    )


def _row(run: MatchRun, numbers: dict[UUID, int], latest: UUID | None) -> RunView:
    before = run.differences.get("model_before")
    return RunView(
        id=run.id,
        kind=run.kind,
        status=run.status,
        started_at=run.started_at,
        finished_at=run.finished_at,
        actor_name=run.actor_name,
        learns=run.learns,
        model=numbers.get(run.model_id) if run.model_id else None,
        model_before=numbers.get(UUID(before)) if before else None,
        stage=run.progress.get("stage", ""),
        counts=run.counts,
        timings=run.timings,
        differences=run.differences,
        error=run.error,
        rolled_back_at=run.rolled_back_at,
        rolled_back_by=run.rolled_back_by,
        can_roll_back=run.id == latest and bool(before),
    )
