"""Records that wait to be matched, and the work that matches them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from app.customers.enums import RunKind, RunStatus
from app.customers.matching.flow import hold, is_ready, step
from app.customers.models import MatchDue, MatchRun
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import Clock
from app.kernel.db import Database
from app.kernel.ids import new_id
from app.kernel.sets import among

AT_ONCE = 50
MOST = 2000
"""If more records wait than this, a run over everything is quicker than many steps."""
_NOTE = text("INSERT INTO match_due (record_id, in_bulk) SELECT unnest(CAST(:ids AS uuid[])), :in_bulk")

_LOADING = text(
    "SELECT EXISTS (SELECT 1 FROM source_load WHERE status = 'running' AND phase = 'writing') AND "
    "(SELECT since FROM match_due ORDER BY id DESC LIMIT 1) > clock_timestamp() - INTERVAL '5 minutes'"
)


@dataclass(frozen=True, slots=True)
class Worked:
    """How many records were matched; `everything`: a run over all of them is needed."""

    records: int = 0
    everything: bool = False


def note_due(session: Session, ids: Iterable[UUID], *, in_bulk: bool = False) -> None:
    """These records wait to be matched. Each call is a row of its own: nobody can take away a row that they have not seen."""
    session.execute(_NOTE, {"ids": list(dict.fromkeys(ids)), "in_bulk": in_bulk})


def how_many_wait(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(MatchDue)) or 0


def match_waiting(database: Database, *, clock: Clock, actor: Actor = SYSTEM, at_once: int = AT_ONCE) -> Worked:
    """Match the records that have waited longest, one transaction of `at_once` records after another.

    Any number of processes may do it at once; each takes other records. A load in bulk is left until it has ended.
    """
    done = 0
    while True:
        with database.transaction() as session:
            if not how_many_wait(session):
                return Worked(done)
            if _is_too_much(session):
                return Worked(done, everything=not _is_loading(session))
            if not is_ready(session):
                return Worked(done, everything=True)
            taken = _take(session, at_once)
            if not taken:
                return Worked(done)
            step(session, actor, kind=RunKind.ARRIVAL, now=clock.now(), changed=taken)
            done += len(taken)


def queue_run(session: Session, actor: Actor, *, learns: bool, rehearsal: bool = False, now: datetime) -> UUID:
    """Ask for a run over everything; a worker takes it up within seconds."""
    run = MatchRun(
        id=new_id(), kind=RunKind.REHEARSAL if rehearsal else RunKind.FULL, status=RunStatus.QUEUED, learns=learns,
        started_at=now, actor_id=actor.account_id, actor_name=actor.name,
    )  # fmt: skip
    session.add(run)
    session.flush()
    return run.id


def _take(session: Session, most: int) -> list[UUID]:
    """Records for this process; the lock is taken first, so that nobody waits with records in hand."""
    hold(session)
    chosen = select(MatchDue.record_id).where(~MatchDue.in_bulk).order_by(MatchDue.id).limit(most)
    taken = list(dict.fromkeys(session.scalars(chosen)))
    session.execute(delete(MatchDue).where(among(MatchDue.record_id, taken)))
    return taken


def _is_too_much(session: Session) -> bool:
    bulk = session.scalar(select(MatchDue.record_id).where(MatchDue.in_bulk).limit(1)) is not None
    return bulk or how_many_wait(session) > MOST


def _is_loading(session: Session) -> bool:
    """Whether a load is bringing records just now. One that only reads brings none yet, and one whose process has died brings no more."""
    return bool(session.scalar(_LOADING))
