"""Fetching a source by its connector: from its folder, its database, its web address."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.connecting.http import HttpFeed
from app.customers.connecting.reach import Reach
from app.customers.connecting.sql import SqlFeed
from app.customers.enums import ConnectorKind, LoadStatus
from app.customers.errors import BadFile
from app.customers.loading.load import Wanted, ingest_file, queue, report, taking_in, work_on
from app.customers.loading.register import registered
from app.customers.models import SourceLoad, SourceSystem
from app.customers.progress import Progress
from app.customers.reading.feed import Feed
from app.customers.rows import LoadReport
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import Clock
from app.kernel.crypto import Sealer
from app.kernel.db import Database
from app.kernel.errors import DomainError, Invalid
from app.kernel.i18n import N_

UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
"""Endings of files that are still being written."""
FETCHING = {"kind": "fetched"}
_FETCHED = (LoadStatus.DONE, LoadStatus.REHEARSED, LoadStatus.WAITING)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Everything that is needed to fetch a source."""

    database: Database
    clock: Clock
    sealer: Sealer
    reach: Reach
    progress: Progress | None = None
    actor: Actor = SYSTEM

    def refresh(self, slug: str, *, rehearsal: bool = False, wish: UUID | None = None) -> list[LoadReport]:
        """Bring a source up to date. Files that were loaded before are left alone; a folder may bring several.

        `wish`: the load by which somebody asked for it; asked twice for the same one, what was fetched for it is all.

        Raises SourceAway if the source does not answer (what was read is kept), Invalid for what is wrong with the connector.
        """
        with self.database.transaction() as session:
            registered(session, slug, now=self.clock.now())
            source = session.scalars(select(SourceSystem).where(SourceSystem.slug == slug)).one()
        match source.connector:
            case ConnectorKind.FILE:
                path = self.reach.path(str(source.connector_settings["path"]))
                return [self._file(source, path, rehearsal=rehearsal)]
            case ConnectorKind.FOLDER:
                return self._folder(source, rehearsal=rehearsal)
            case ConnectorKind.SQL | ConnectorKind.HTTP:
                return [self._fetch(source, rehearsal=rehearsal, wish=wish)]
        raise Invalid({"connector": N_("Nothing is fetched for this source: its records are uploaded or pushed")})

    def first_rows(self, source: SourceSystem, most: int = 10) -> list[dict[str, object]]:
        """A few rows, to see whether the connector works. Nothing is kept of them."""
        rows = []
        for read in self.feed(source)({}):
            if isinstance(read.row, dict):
                rows.append(read.row)
            if len(rows) == most:
                break
        return rows

    def feed(self, source: SourceSystem) -> Feed:
        """The connector's rows since its watermark."""
        secret = self.sealer.open(source.connector_secret) if source.connector_secret else ""
        since = source.watermark.get("mark")
        if source.connector is ConnectorKind.SQL:
            return SqlFeed(secret, source.connector_settings, self.reach, since)
        if source.connector is not ConnectorKind.HTTP:
            raise Invalid({"connector": N_("There are no rows to try: its records come in files, or are sent to us")})
        return HttpFeed(source.connector_settings, secret, self.reach, began=self.clock.now(), since=since)

    def _fetch(self, source: SourceSystem, *, rehearsal: bool, wish: UUID | None) -> LoadReport:
        began = perf_counter()
        with self.database.transaction() as session:
            known = registered(session, source.slug, now=self.clock.now())
        with taking_in(self.database, known):
            with self.database.transaction() as session:
                if wish and (granted := self._granted(session, wish)):
                    return report(granted, known, already=True)
                load_id = self._begun(session, source) or self._new(session, source, rehearsal=rehearsal, wish=wish)
            return work_on(
                self.database, known, load_id, self.feed(source), clock=self.clock, progress=self.progress, began=began
            )

    def _begun(self, session: Session, source: SourceSystem) -> UUID | None:
        """A fetch that was interrupted goes on where it was."""
        return session.scalar(
            select(SourceLoad.id)
            .where(SourceLoad.source_id == source.id, SourceLoad.status == LoadStatus.RUNNING)
            .where(SourceLoad.origin["kind"].astext == FETCHING["kind"])
        )

    def _granted(self, session: Session, wish: UUID) -> SourceLoad | None:
        """What was fetched for a wish by a process that ended before it could say so."""
        return session.scalar(
            select(SourceLoad)
            .where(SourceLoad.origin["wish"].astext == str(wish), SourceLoad.status.in_(_FETCHED))
            .order_by(SourceLoad.started_at.desc(), SourceLoad.id.desc())
            .limit(1)
        )

    def _new(self, session: Session, source: SourceSystem, *, rehearsal: bool, wish: UUID | None) -> UUID:
        full = "mark" not in source.watermark
        wanted = Wanted(_called(source), "", 0, full, None, FETCHING | ({"wish": str(wish)} if wish else {}))
        return queue(session, source.id, wanted, self.actor, now=self.clock.now(), rehearsal=rehearsal)

    def _folder(self, source: SourceSystem, *, rehearsal: bool) -> list[LoadReport]:
        """Every file that is new, in the order of their names. A bad one is noted and does not hold up the others."""
        reports, problems = [], []
        for path in self._waiting(source):
            try:
                reports.append(self._file(source, path, rehearsal=rehearsal))
            except BadFile as error:
                problems.append(f"{path.name}: {error}")
        if problems:
            raise BadFile("%(problems)s", problems="; ".join(problems))
        return reports

    def _waiting(self, source: SourceSystem) -> Iterator[Path]:
        folder = self.reach.path(str(source.connector_settings["path"]))
        pattern = str(source.connector_settings.get("pattern") or "*")
        if not folder.is_dir():
            raise BadFile(N_("There is no folder at %(path)s"), path=str(folder))
        for path in sorted(folder.iterdir()):
            usual = fnmatch(path.name, pattern) and not path.name.startswith(".") and path.suffix not in UNFINISHED
            if usual and path.is_file() and not path.is_symlink() and not self._known(source, path):
                yield path

    def _known(self, source: SourceSystem, path: Path) -> bool:
        """This very file was loaded, or refused, before: by name, size and time of its last change."""
        with self.database.reading() as session:
            return bool(
                session.scalar(
                    select(SourceLoad.id)
                    .where(SourceLoad.source_id == source.id, SourceLoad.status != LoadStatus.RUNNING)
                    .where(SourceLoad.origin["file"].astext == _mark_of(path))
                    .limit(1)
                )
            )

    def _file(self, source: SourceSystem, path: Path, *, rehearsal: bool) -> LoadReport:
        full = bool(source.connector_settings.get("full", source.connector is ConnectorKind.FILE))
        origin = FETCHING | ({"file": _mark_of(path)} if path.is_file() else {})
        return ingest_file(
            self.database, source.slug, path, clock=self.clock, progress=self.progress, actor=self.actor, full=full,
            rehearsal=rehearsal, origin=origin,
        )  # fmt: skip


def fetcher_of(runtime: Any) -> Fetcher:
    """What fetches sources in this installation."""
    return Fetcher(runtime.database, runtime.clock, runtime.sealer, Reach.of(runtime.settings))


def trouble(error: DomainError) -> str:
    """What went wrong with a refresh, in words for the page."""
    if isinstance(error, Invalid):
        return "; ".join(message % error.params for message in error.errors.values())
    return str(error)


def _mark_of(path: Path) -> str:
    seen = path.stat()
    return f"{path.name}|{seen.st_size}|{seen.st_mtime_ns}"


def _called(source: SourceSystem) -> str:
    """How a fetch is called in the list of loads: never by an address that holds a secret."""
    settings = source.connector_settings
    return str(settings.get("url") or settings.get("query") or source.name).split("?")[0][:255]
