"""The runs that steps are noted under: one for each thing that a person said, one an hour for what a worker matches as it comes."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.enums import RunKind, RunStatus
from app.customers.matching.parameters import Parameters
from app.customers.models import MatchRun
from app.kernel.actors import Actor
from app.kernel.ids import new_id


def open_run(session: Session, actor: Actor, by: Parameters, kind: RunKind, now: datetime) -> MatchRun:
    """The run of a step. Records that come all day would make a run each second, so those of an hour share one."""
    if kind is RunKind.ARRIVAL and (hourly := _of_this_hour(session, actor, by, now)) is not None:
        return hourly
    run = MatchRun(
        id=new_id(), kind=kind, status=RunStatus.RUNNING, learns=False, model_id=by.id, started_at=now, counts={},
        actor_id=actor.account_id, actor_name=actor.name,
    )  # fmt: skip
    session.add(run)
    session.flush()
    return run


def close_step(run: MatchRun, counts: Mapping[str, int], now: datetime) -> None:
    """Add what a step has counted to its run."""
    before: Mapping[str, int] = run.counts
    added = {name: before.get(name, 0) + count for name, count in counts.items()}
    run.counts = added | {"steps": before.get("steps", 0) + 1}
    run.status, run.finished_at = RunStatus.DONE, now


def _of_this_hour(session: Session, actor: Actor, by: Parameters, now: datetime) -> MatchRun | None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    query = (
        select(MatchRun)
        .where(MatchRun.kind == RunKind.ARRIVAL, MatchRun.started_at >= hour, MatchRun.started_at <= now)
        .where(MatchRun.status == RunStatus.DONE, MatchRun.model_id == by.id, MatchRun.actor_name == actor.name)
        .where(MatchRun.actor_id.is_not_distinct_from(actor.account_id))
        .order_by(MatchRun.started_at.desc(), MatchRun.id.desc())
    )
    return session.scalars(query.limit(1)).first()
