"""One intake of a source, from the first look at the file to the report. Killed at any point, it is completed by asking again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.customers.enums import OPEN_LOADS, LoadPhase, LoadStatus
from app.customers.errors import BadFile, LoadInProgress
from app.customers.loading import writing
from app.customers.loading.register import Registered, registered
from app.customers.loading.work import Work
from app.customers.locks import only_one
from app.customers.models import SourceLoad
from app.customers.progress import Progress, quietly
from app.customers.reading import FileFeed, Inspection, inspect
from app.customers.reading.feed import Feed
from app.customers.rows import LoadReport
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import Clock
from app.kernel.db import Database
from app.kernel.ids import new_id

GIVEN = {"kind": "given"}
"""Origin of a load of a file that was named on the command line."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be loaded: how it is called, what it hashes to if that is known, and whether it is all that the source has."""

    name: str
    sha256: str
    size: int
    full: bool
    total: int | None
    origin: dict[str, Any]


def ingest_file(
    database: Database,
    source_slug: str,
    path: Path,
    *,
    clock: Clock,
    progress: Progress | None = None,
    actor: Actor = SYSTEM,
    full: bool = True,
    rehearsal: bool = False,
    confirm_gone: str = "",
    origin: dict[str, Any] | None = None,
) -> LoadReport:
    """Load a file of a source. `full`: the file holds every record of the source, so those that it lacks are noted as gone.

    With `rehearsal` nothing is taken, and the report says what would be. A full load after which too large a share of the records
    would be gone stops as `waiting`; `confirm_gone`, the reason why that is right, lets it go on.
    Raises UnknownSource, BadFile for a file that is not this source's, LoadInProgress while another load of it runs.
    """
    began = perf_counter()
    with database.transaction() as session:
        source = registered(session, source_slug, now=clock.now())
    shape = source.layout.file
    try:
        seen = inspect(path, shape)
    except BadFile as refused:
        _note_refusal(database, source, path, refused, actor=actor, full=full, origin=origin or GIVEN, now=clock.now())
        raise
    wanted = Wanted(path.name[:255], seen.sha256, seen.size, full, _rows_in(seen, shape.header_row), origin or GIVEN)
    with taking_in(database, source):
        with database.transaction() as session:
            last = _last_done(session, source.id)
            if last and not rehearsal and _is_the_same(session, last, wanted):
                return report(last, source, already=True)
            load_id = _open(session, source, wanted, actor, clock.now(), rehearsal=rehearsal)
            if confirm_gone.strip():
                _confirm(session, load_id, actor, confirm_gone.strip())
        return work_on(database, source, load_id, FileFeed(path, shape), clock=clock, progress=progress, began=began)


def work_on(
    database: Database,
    source: Registered,
    load_id: UUID,
    feed: Feed,
    *,
    clock: Clock,
    progress: Progress | None,
    began: float,
) -> LoadReport:
    """Take up a load, whatever it has behind it. The caller holds the source's lock."""
    with database.transaction() as session:
        start(session, session.get_one(SourceLoad, load_id), now=clock.now())
    Work(database, source, load_id, clock, progress or quietly).run(feed)
    with database.reading() as session:
        done = report(session.get_one(SourceLoad, load_id), source, already=False)
    return replace(done, seconds=perf_counter() - began)


@contextmanager
def taking_in(database: Database, source: Registered) -> Iterator[None]:
    """One load of a source at a time; raises LoadInProgress for the second."""
    with only_one(database, f"load.{source.slug}", LoadInProgress(source.layout.name)):
        yield


def start(session: Session, load: SourceLoad, *, now: datetime) -> None:
    """Make this the load of its source that runs. Whoever left another one running is gone, for we hold the lock."""
    others = select(SourceLoad).where(
        SourceLoad.source_id == load.source_id, SourceLoad.status == LoadStatus.RUNNING, SourceLoad.id != load.id
    )
    for other in session.scalars(others):
        other.status, other.phase, other.finished_at = LoadStatus.INTERRUPTED, LoadPhase.ENDED, now
        writing.forget_rows(session, other.id)
    session.flush()
    if load.status is not LoadStatus.RUNNING:
        if load.staged and layout_changed(session, load):
            load.phase, load.staged = LoadPhase.READING, -1  # what waits was read by another layout: read it again
        load.status, load.started_at = LoadStatus.RUNNING, now


def queue(
    session: Session,
    source_id: UUID,
    wanted: Wanted,
    actor: Actor,
    *,
    now: datetime,
    rehearsal: bool,
    file_id: UUID | None = None,
) -> UUID:
    """A load that a worker is to take up."""
    load = _new(source_id, wanted, actor, now, rehearsal=rehearsal)
    load.file_id = file_id
    session.add(load)
    session.flush()
    return load.id


def report(load: SourceLoad, source: Registered, *, already: bool) -> LoadReport:
    """A load, for the person who started it."""
    ended = load.finished_at or load.started_at
    return LoadReport(
        load_id=load.id,
        source=source.layout.name,
        status=load.status,
        rows=load.rows,
        new=load.new,
        changed=load.changed,
        same=load.same,
        gone=load.gone,
        rejected=load.rejected,
        seconds=(ended - load.started_at).total_seconds(),
        already_loaded=already,
        sha256=load.sha256,
    )


def _note_refusal(
    database: Database,
    source: Registered,
    path: Path,
    refused: BadFile,
    *,
    actor: Actor,
    full: bool,
    origin: dict[str, Any],
    now: datetime,
) -> None:
    """A file that cannot be this source's stands in the list of loads too, with the reason."""
    if not path.is_file():
        return
    wanted = Wanted(path.name[:255], "", path.stat().st_size, full, None, origin)
    with database.transaction() as session:
        load = session.get_one(SourceLoad, queue(session, source.id, wanted, actor, now=now, rehearsal=False))
        load.status, load.phase = LoadStatus.FAILED, LoadPhase.ENDED
        load.finished_at, load.error = now, str(refused)[:2000]


def _open(
    session: Session, source: Registered, wanted: Wanted, actor: Actor, now: datetime, *, rehearsal: bool
) -> UUID:
    """The load of this very file that was begun, rehearsed or stopped and not ended; else a new one."""
    begun = session.scalars(
        select(SourceLoad)
        .where(SourceLoad.source_id == source.id, SourceLoad.status.in_(OPEN_LOADS))
        .where(SourceLoad.sha256 == wanted.sha256, SourceLoad.full == wanted.full)
        .order_by(SourceLoad.started_at.desc(), SourceLoad.id.desc())
    )
    for load in begun:
        if not layout_changed(session, load):
            load.rehearsal = rehearsal
            return load.id
    return queue(session, source.id, wanted, actor, now=now, rehearsal=rehearsal)


def _new(source_id: UUID, wanted: Wanted, actor: Actor, now: datetime, *, rehearsal: bool) -> SourceLoad:
    return SourceLoad(
        id=new_id(), source_id=source_id, file_name=wanted.name, sha256=wanted.sha256, size=wanted.size, full=wanted.full,
        status=LoadStatus.QUEUED, started_at=now, actor_id=actor.account_id, actor_name=actor.name, origin=wanted.origin,
        rehearsal=rehearsal, phase=LoadPhase.READING, total=wanted.total, rows=0, new=0, changed=0, same=0, rejected=0,
        gone=0, staged=0, written=0, reading_cursor={}, effects={},
    )  # fmt: skip


def _confirm(session: Session, load_id: UUID, actor: Actor, reason: str) -> None:
    load = session.get_one(SourceLoad, load_id)
    load.confirmed_reason, load.confirmed_by = reason, actor.name


def _rows_in(seen: Inspection, header_row: int) -> int | None:
    return max(0, seen.lines - header_row) or None


def _last_done(session: Session, source_id: UUID) -> SourceLoad | None:
    """The last load that touched the source, if it ended well."""
    untouching = (LoadStatus.REHEARSED, LoadStatus.QUEUED, LoadStatus.WAITING, LoadStatus.DISCARDED)
    last = session.scalar(
        select(SourceLoad)
        .where(SourceLoad.source_id == source_id, SourceLoad.status.not_in(untouching))
        .order_by(SourceLoad.started_at.desc(), SourceLoad.id.desc())
        .limit(1)
    )
    return last if last and last.status is LoadStatus.DONE else None


def _is_the_same(session: Session, last: SourceLoad, wanted: Wanted) -> bool:
    return (last.sha256, last.full) == (wanted.sha256, wanted.full) and not layout_changed(session, last)


def layout_changed(session: Session, load: SourceLoad) -> bool:
    """The source's layout is another than when the load was read."""
    changed = text("SELECT layout_changed_at > :loaded FROM source_system WHERE id = :id")
    return bool(session.scalar(changed, {"loaded": load.started_at, "id": load.source_id}))
