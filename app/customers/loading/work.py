"""A load at work: read, compare, write. Each step commits as it goes and is taken up where it was left, whoever takes it up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.enums import OPEN_LOADS, LoadPhase, LoadStatus
from app.customers.events import SourceLoaded
from app.customers.loading import writing
from app.customers.loading.batch import MOST_ROWS, Batch
from app.customers.loading.effects import foresee
from app.customers.loading.erased import Erased, erased_keys
from app.customers.loading.places import place_records
from app.customers.loading.quality import measure
from app.customers.loading.register import Registered
from app.customers.loading.undoing import settle
from app.customers.models import LoadReject, SourceFile, SourceLoad, SourceSystem
from app.customers.progress import Progress
from app.customers.reading.feed import Cursor, Feed, Shifted
from app.kernel.actors import SYSTEM, Actor, ActorKind
from app.kernel.clock import Clock
from app.kernel.db import Database
from app.kernel.errors import DomainError, Unavailable
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.kernel.logging import get_logger

log = get_logger(__name__)
LARGE = 20_000
"""Rows from which on a match run of everything is cheaper than matching record by record."""
COUNTS = ("rows", "new", "changed", "same", "rejected", "gone")
UNFORESEEN = N_(
    "Something went wrong that nobody had foreseen (%(what)s). Load it again; if it fails again, show this to whoever runs Firstpoint"
)


@dataclass
class Work:
    """Everything that a load needs while it runs. The row of the load says how far it is."""

    database: Database
    source: Registered
    load_id: UUID
    clock: Clock
    progress: Progress

    def run(self, feed: Feed) -> None:
        """On from wherever the load stands, until it is done or has to ask."""
        with self._noting_failure():
            if self._phase() is LoadPhase.READING:
                self._read_all(feed)
            if self._phase() is LoadPhase.COMPARING:
                self._compare()
                self._foresee()
            if self._phase() is LoadPhase.WRITING:
                self._write()
                self._finish()

    def _phase(self) -> LoadPhase:
        """What is to be done next; ENDED for a load that waits for somebody."""
        with self.database.reading() as session:
            load = session.get_one(SourceLoad, self.load_id)
            return load.phase if load.status is LoadStatus.RUNNING else LoadPhase.ENDED

    def _read_all(self, feed: Feed) -> None:
        """Every row, on from where reading was broken off; from the beginning if that place is no longer what it was."""
        try:
            self._read(feed)
        except Shifted:
            with self.database.transaction() as session:
                self._begin_anew(session, session.get_one(SourceLoad, self.load_id))
            self._read(feed)

    def _read(self, feed: Feed) -> None:
        """Rows into the waiting room, a batch at a time."""
        place, cursor, total = self._position()
        batch = Batch(place, erased=self._erased())
        for read in feed(cursor):
            batch.take(read.line, read.row, self.source.layout, read.only, newer=read.newer)
            cursor = read.cursor
            if batch.is_full:
                self._stage(batch, cursor)
                batch = batch.after()
                self.progress("rows", batch.place, total)
        self._stage(batch, cursor, LoadPhase.COMPARING)
        self.progress("rows", batch.place, total)

    def _erased(self) -> Erased:
        with self.database.reading() as session:
            return erased_keys(session, self.source.id, self.source.slug)

    def _position(self) -> tuple[int, Cursor, int | None]:
        """Where reading stands. The waiting room is empty after a crash of the server: then it begins anew."""
        with self.database.transaction() as session:
            load = session.get_one(SourceLoad, self.load_id)
            waiting = session.scalar(text("SELECT count(*) FROM load_row WHERE load_id = :load"), {"load": load.id})
            if waiting != load.staged:
                self._begin_anew(session, load)
            return load.rows, load.reading_cursor, load.total

    def _begin_anew(self, session: Session, load: SourceLoad) -> None:
        writing.forget_rows(session, load.id)
        session.execute(delete(LoadReject).where(LoadReject.load_id == load.id))
        load.rows = load.staged = load.rejected = 0
        load.reading_cursor = {}

    def _stage(self, batch: Batch, cursor: Cursor, phase: LoadPhase = LoadPhase.READING) -> None:
        with self.database.transaction() as session:
            kept, rejected = batch.stage(session, self.load_id)
            load = SourceLoad
            session.execute(
                update(load)
                .where(load.id == self.load_id)
                .values(
                    rows=load.rows + batch.rows,
                    staged=load.staged + kept,
                    rejected=load.rejected + rejected,
                    reading_cursor=cursor,
                    phase=phase,
                )
            )

    def _compare(self) -> None:
        """What the rows would do; then on to writing, or the question whether that is meant."""
        self.progress("compare", 0, None)
        with self.database.transaction() as session:
            load = session.get_one(SourceLoad, self.load_id)
            session.execute(text("ANALYZE load_row"))
            found = writing.compare(session, self.source.id, load.id, full=load.full)
            load.new, load.changed, load.same, load.gone = found.new, found.changed, found.same, found.gone
            load.effects = {"held": found.held}
            if load.rehearsal:
                return
            if found.vanishes_too_much(self.source.gone_percent) and not load.confirmed_reason:
                load.status = LoadStatus.WAITING
            else:
                load.phase = LoadPhase.WRITING
            if load.status is not LoadStatus.RUNNING:
                log.info("load waits", source=self.source.slug, status=load.status, gone=found.gone, held=found.held)

    def _foresee(self) -> None:
        """The end of a rehearsal: what would become of golden records."""
        with self.database.reading() as session:
            load = session.get_one(SourceLoad, self.load_id)
            if not load.rehearsal or load.status is not LoadStatus.RUNNING:
                return
        self.progress("foresee", 0, None)
        told = foresee(self.database, self.source, self.load_id, now=self.clock.now())
        with self.database.transaction() as session:
            load = session.get_one(SourceLoad, self.load_id, with_for_update=True)
            load.effects, load.status = load.effects | {"golden": told}, LoadStatus.REHEARSED

    def _write(self) -> None:
        """Batch by batch, each with its place in the load's row: none is written twice, none is left out."""
        while True:
            with self.database.transaction() as session:
                load = session.get_one(SourceLoad, self.load_id)
                if load.written >= load.rows:
                    return
                upto = writing.reach(session, load.id, load.written, MOST_ROWS) or load.rows
                writing.write(
                    session, self.source.id, self.source.slug, load.id, after=load.written, upto=upto,
                    now=self.clock.now(), in_bulk=load.rows > LARGE,
                )  # fmt: skip
                load.written = upto
                rows = load.rows
            self.progress("write", upto, rows)

    def _finish(self) -> None:
        """Note what has gone, find the records' properties, close the books; then see how good the source is now."""
        self.progress("places", 0, None)
        now = self.clock.now()
        with self.database.transaction() as session:
            load = session.get_one(SourceLoad, self.load_id)
            load.gone = self._let_go(session, load, now)
            place_records(session)
            close(session, load, self.source, now=now)
        with self.database.transaction() as session:
            measure(session, self.source.slug, now=now, load_id=self.load_id)

    def _let_go(self, session: Session, load: SourceLoad, now: datetime) -> int:
        if load.origin.get("kind") == "undo":
            return settle(session, load, self.source.slug, now=now)
        return writing.let_go(session, self.source.id, self.source.slug, load.id, now=now) if load.full else 0

    @contextmanager
    def _noting_failure(self) -> Iterator[None]:
        """A load that fails says so, and why. When only the database is away, the load is taken up again later."""
        try:
            yield
        except Unavailable:
            raise
        except Exception as error:
            with self.database.transaction() as session:
                load = session.get_one(SourceLoad, self.load_id)
                load.status, load.phase = LoadStatus.FAILED, LoadPhase.ENDED
                load.finished_at, load.error = self.clock.now(), in_words(error)[:2000]
                writing.forget_rows(session, load.id)
            raise


def in_words(error: Exception) -> str:
    """Why a load failed, for its page: what a library says of itself helps nobody there."""
    return str(error) if isinstance(error, DomainError) else UNFORESEEN % {"what": type(error).__name__}


def close(session: Session, load: SourceLoad, source: Registered, *, now: datetime) -> None:
    """The end of a load that has written: the books, the waiting room, the file that was kept for it."""
    load.status, load.phase, load.finished_at = LoadStatus.DONE, LoadPhase.ENDED, now
    mark = load.reading_cursor.get("mark")
    if mark is not None:
        session.execute(update(SourceSystem).where(SourceSystem.id == source.id).values(watermark={"mark": mark}))
    _let_sample_go(session, source)
    clear(session, load)
    counts = {name: getattr(load, name) for name in COUNTS}
    audit.record(
        session, actor_of(load), "source.loaded", "source_load", load.id, now=now, source=source.slug, **counts
    )
    log.info("source loaded", source=source.slug, **counts)
    if load.origin.get("kind") != "undo":
        publish(session, SourceLoaded(source.slug, load.id, now))


def clear(session: Session, load: SourceLoad) -> None:
    """Nothing stays behind but the books: neither waiting rows nor the file, unless it is the sample of a source."""
    writing.forget_rows(session, load.id)
    file_id, load.file_id = load.file_id, None
    session.flush()
    if file_id is not None:
        _drop(session, file_id)


def _let_sample_go(session: Session, source: Registered) -> None:
    """Records of the source have been taken in: the file that it was described by has done its work."""
    sample = session.scalar(select(SourceSystem.sample_id).where(SourceSystem.id == source.id))
    if sample is not None:
        session.execute(update(SourceSystem).where(SourceSystem.id == source.id).values(sample_id=None))
        _drop(session, sample)


def _drop(session: Session, file_id: UUID) -> None:
    """A file that no load is still to read, and that no source has as its sample, goes."""
    needed = select(SourceLoad.id).where(SourceLoad.file_id == file_id, SourceLoad.status.in_(OPEN_LOADS))
    shown = select(SourceSystem.id).where(SourceSystem.sample_id == file_id)
    session.execute(delete(SourceFile).where(SourceFile.id == file_id, ~needed.exists(), ~shown.exists()))


def actor_of(load: SourceLoad) -> Actor:
    """Who started it."""
    return Actor(ActorKind.STAFF, load.actor_id, load.actor_name) if load.actor_id else SYSTEM
