"""What the worker does with loads that wait: those that somebody queued, and those whose process ended before they did."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.customers.connecting.refresh import Fetcher, trouble
from app.customers.enums import LoadPhase, LoadStatus
from app.customers.errors import BadFile, LoadInProgress
from app.customers.loading.files import on_disk
from app.customers.loading.load import taking_in, work_on
from app.customers.loading.register import Registered, registered
from app.customers.loading.undoing import UndoFeed
from app.customers.loading.work import in_words
from app.customers.models import SourceLoad, SourceSystem
from app.customers.reading import FileFeed, inspect
from app.customers.reading.feed import Feed
from app.kernel.errors import DomainError
from app.kernel.i18n import N_
from app.kernel.logging import get_logger

log = get_logger(__name__)
OURS = ("stored", "refresh", "undo")
AWAY = (OperationalError, InterfaceError, PoolTimeout)
"""What passes by itself, so that the load is taken up again."""


def waiting(fetcher: Fetcher) -> list[UUID]:
    """Loads that a worker can take up, the oldest first."""
    with fetcher.database.reading() as session:
        return list(
            session.scalars(
                select(SourceLoad.id)
                .where(SourceLoad.status.in_((LoadStatus.QUEUED, LoadStatus.RUNNING)))
                .where(SourceLoad.origin["kind"].astext.in_(OURS))
                .order_by(SourceLoad.started_at, SourceLoad.id)
            )
        )


def take_up(fetcher: Fetcher, load_id: UUID) -> bool:
    """Work on a load until it is done or has to ask. False if its source is being loaded by somebody else just now.

    What nobody has foreseen ends this load with a word for its page, and holds up no other; only a database that is away is passed on.
    """
    try:
        return _take_up(fetcher, load_id)
    except (DomainError, *AWAY):
        raise
    except Exception as error:
        log.exception("load failed", load=str(load_id))
        _note(fetcher, load_id, in_words(error))
        return False


def _take_up(fetcher: Fetcher, load_id: UUID) -> bool:
    database, clock = fetcher.database, fetcher.clock
    with database.transaction() as session:
        load = session.get_one(SourceLoad, load_id)
        slug = session.scalars(select(SourceSystem.slug).where(SourceSystem.id == load.source_id)).one()
        source = registered(session, slug, now=clock.now())
    if load.origin["kind"] == "refresh":
        return _refresh(fetcher, load, source)
    try:
        with taking_in(database, source), _feed(fetcher, load, source) as feed:
            if _still_waits(fetcher, load_id):
                work_on(database, source, load_id, feed, clock=clock, progress=fetcher.progress, began=perf_counter())
    except LoadInProgress:
        return False
    except BadFile as error:
        _note(fetcher, load_id, str(error))
    return True


def _refresh(fetcher: Fetcher, load: SourceLoad, source: Registered) -> bool:
    """A refresh that somebody asked for: the loads that it makes take the place of the wish."""
    try:
        fetcher.refresh(source.slug, rehearsal=load.rehearsal, wish=load.id)
    except LoadInProgress:
        return False
    except DomainError as error:
        _note(fetcher, load.id, trouble(error))
        return True
    with fetcher.database.transaction() as session:
        session.delete(session.get_one(SourceLoad, load.id))
    return True


def _still_waits(fetcher: Fetcher, load_id: UUID) -> bool:
    with fetcher.database.reading() as session:
        load = session.get_one(SourceLoad, load_id)
        return load.status in {LoadStatus.QUEUED, LoadStatus.RUNNING}


@contextmanager
def _feed(fetcher: Fetcher, load: SourceLoad, source: Registered) -> Iterator[Feed]:
    if load.origin["kind"] == "undo":
        yield UndoFeed(fetcher.database, source.id, UUID(load.origin["of"]))
    elif load.file_id is None:
        raise BadFile(N_("The file is no longer there"))
    else:
        with on_disk(fetcher.database, load.file_id) as path:
            _look_first(fetcher, load, source, path)
            yield FileFeed(path, source.layout.file)


def _look_first(fetcher: Fetcher, load: SourceLoad, source: Registered, path: Path) -> None:
    """A file is inspected before any row is taken; the page can then say how much there is to do."""
    seen = inspect(path, source.layout.file)
    with fetcher.database.transaction() as session:
        total = max(0, seen.lines - source.layout.file.header_row)
        session.get_one(SourceLoad, load.id).total = total or None


def _note(fetcher: Fetcher, load_id: UUID, problem: str) -> None:
    """A load that could not begin says why."""
    with fetcher.database.transaction() as session:
        load = session.get_one(SourceLoad, load_id)
        if load.status in {LoadStatus.QUEUED, LoadStatus.RUNNING}:
            load.status, load.phase = LoadStatus.FAILED, LoadPhase.ENDED
            load.finished_at, load.error = fetcher.clock.now(), problem[:2000]
