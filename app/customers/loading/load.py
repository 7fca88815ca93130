"""One file, from inspection to report. Batches commit as they go: after a kill, loading the file again completes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.enums import LoadStatus
from app.customers.errors import LoadInProgress
from app.customers.layout import Layout, layout_of
from app.customers.loading.batch import Batch, Tally
from app.customers.loading.places import place_records
from app.customers.loading.register import register_layout
from app.customers.locks import only_one
from app.customers.models import SourceLoad, SourceRecord
from app.customers.progress import Progress, quietly
from app.customers.reading import inspect, read_rows
from app.customers.rows import LoadReport
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import Clock
from app.kernel.db import Database
from app.kernel.ids import new_id
from app.kernel.logging import get_logger

log = get_logger(__name__)


def ingest_file(
    database: Database,
    source_slug: str,
    path: Path,
    *,
    clock: Clock,
    progress: Progress | None = None,
    actor: Actor = SYSTEM,
    full: bool = True,
) -> LoadReport:
    """Load a file of a source. `full`: the file holds every record of the source, so those that it lacks are noted as gone.

    Raises UnknownSource, BadFile for a file that is not this source's, LoadInProgress while another load of it runs.
    """
    began, layout = perf_counter(), layout_of(source_slug)
    seen = inspect(path, layout.file)
    with only_one(database, f"load.{source_slug}", LoadInProgress(layout.name)):
        with database.transaction() as session:
            source_id = register_layout(session, layout, now=clock.now())
            _note_interrupted(session, source_id, clock.now())
            last = _last_done(session, source_id)
            if last and (last.sha256, last.full) == (seen.sha256, full) and not _layout_changed(session, last):
                return _report(last, layout, already=True)
            opened = SourceLoad(
                id=new_id(), source_id=source_id, file_name=path.name[:255], sha256=seen.sha256, size=seen.size, full=full,
                status=LoadStatus.RUNNING, started_at=clock.now(), actor_id=actor.account_id, actor_name=actor.name,
            )  # fmt: skip
            session.add(opened)
        load = _Load(database, layout, path, source_id, opened.id, clock)
        with _noting_failure(load):
            load.take(max(0, seen.lines - layout.file.header_row) or None, progress or quietly)
        (progress or quietly)("places", 0, None)
        with database.transaction() as session:
            report = load.finish(session, actor)
    return replace(report, seconds=perf_counter() - began)


@dataclass
class _Load:
    """A load at work."""

    database: Database
    layout: Layout
    path: Path
    source_id: UUID
    id: UUID
    clock: Clock
    tally: Tally = field(default_factory=Tally)

    def take(self, total: int | None, progress: Progress) -> None:
        """Every row of the file, a batch at a time; each batch is kept or not as a whole."""
        for batch in self._batches():
            with self.database.transaction() as session:
                self.tally += batch.write(session, self.source_id, self.id, self.clock.now())
                session.execute(update(SourceLoad).where(SourceLoad.id == self.id).values(**asdict(self.tally)))
            progress("rows", self.tally.rows, total)

    def finish(self, session: Session, actor: Actor) -> LoadReport:
        """Note what has gone, find the records' properties, and close the books."""
        load, now = session.get_one(SourceLoad, self.id), self.clock.now()
        load.gone = _note_gone(session, load, now) if load.full else 0
        place_records(session)
        load.status, load.finished_at = LoadStatus.DONE, now
        session.flush()
        counts = {**asdict(self.tally), "gone": load.gone}
        audit.record(
            session, actor, "source.loaded", "source_load", load.id, now=now, source=self.layout.slug, **counts
        )
        log.info("source loaded", source=self.layout.slug, **counts)
        return _report(load, self.layout, already=False)

    def _batches(self) -> Iterator[Batch]:
        batch = Batch()
        for line, row in read_rows(self.path, self.layout.file):
            batch.take(line, row, self.layout)
            if batch.is_full:
                yield batch
                batch = Batch()
        yield batch


def _note_gone(session: Session, load: SourceLoad, now: datetime) -> int:
    """Records that a full load did not bring are noted, and nothing else happens to them."""
    gone = (
        update(SourceRecord)
        .where(SourceRecord.source_id == load.source_id, SourceRecord.last_load_id != load.id)
        .where(SourceRecord.gone_since.is_(None))
        .values(gone_since=now)
        .returning(SourceRecord.id)
    )
    return len(session.execute(gone).all())


@contextmanager
def _noting_failure(work: _Load) -> Iterator[None]:
    """A load that fails says so, and why, in the list of loads; what it took stays taken."""
    try:
        yield
    except Exception as error:
        with work.database.transaction() as session:
            load = session.get_one(SourceLoad, work.id)
            load.status, load.finished_at, load.error = LoadStatus.FAILED, work.clock.now(), str(error)[:2000]
        raise


def _note_interrupted(session: Session, source_id: UUID, now: datetime) -> None:
    """We hold the lock, so whoever left a load running is gone."""
    session.execute(
        update(SourceLoad)
        .where(SourceLoad.source_id == source_id, SourceLoad.status == LoadStatus.RUNNING)
        .values(status=LoadStatus.INTERRUPTED, finished_at=now)
    )


def _last_done(session: Session, source_id: UUID) -> SourceLoad | None:
    """The last load that touched the source, if it ended well."""
    last = session.scalar(
        select(SourceLoad)
        .where(SourceLoad.source_id == source_id)
        .order_by(SourceLoad.started_at.desc(), SourceLoad.id.desc())
        .limit(1)
    )
    return last if last and last.status is LoadStatus.DONE else None


def _layout_changed(session: Session, load: SourceLoad) -> bool:
    changed = text("SELECT layout_changed_at > :loaded FROM source_system WHERE id = :id")
    return bool(session.scalar(changed, {"loaded": load.started_at, "id": load.source_id}))


def _report(load: SourceLoad, layout: Layout, *, already: bool) -> LoadReport:
    ended = load.finished_at or load.started_at
    return LoadReport(
        load_id=load.id,
        source=layout.name,
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
