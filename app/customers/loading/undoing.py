"""Taking a load back: what it changed says again what it said before, what it brought, or brought back, is noted
as gone, what it missed is back."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlalchemy.orm import Session

from app.customers.enums import LoadStatus
from app.customers.events import RecordsArrived, RecordsGone
from app.customers.models import SourceLoad
from app.customers.reading.feed import Cursor, Read
from app.kernel.db import Database
from app.kernel.events import publish

_PAGE = 1000
_BEFORE = text(
    "SELECT r.key, before.line, before.content FROM source_record r "
    "JOIN source_record_version now ON now.record_id = r.id AND now.number = r.version AND now.load_id = :load "
    "JOIN source_record_version before ON before.record_id = r.id AND before.number = r.version - 1 "
    "WHERE r.source_id = :source AND r.key > :after ORDER BY r.key LIMIT :page"
)
_BROUGHT = text(
    "UPDATE source_record r SET gone_since = :now FROM source_record_version v WHERE r.source_id = :source AND r.gone_since IS NULL "
    "AND v.record_id = r.id AND v.number = 1 AND r.version = 1 AND v.load_id = :load RETURNING r.id"
)
_MISSED = text("UPDATE source_record SET gone_since = NULL WHERE source_id = :source AND gone_since = :at RETURNING id")

_GONE_AGAIN = text(
    "UPDATE source_record SET gone_since = gone_before, gone_before = NULL WHERE source_id = :source AND gone_since IS NULL "
    "AND gone_before IS NOT NULL AND last_load_id IN (:load, :undoing) RETURNING id"
)


class UndoFeed:
    """The rows of the records that a load changed, as they were before it. Reads what is written only after all are read."""

    def __init__(self, database: Database, source_id: UUID, load_id: UUID) -> None:
        self._database, self._source_id, self._load_id = database, source_id, load_id

    def __call__(self, after: Cursor) -> Iterator[Read]:
        number, key = after.get("rows", 0), after.get("key", "")
        while True:
            with self._database.reading() as session:
                rows = session.execute(
                    _BEFORE, {"source": self._source_id, "load": self._load_id, "after": key, "page": _PAGE}
                ).all()
            for found in rows:
                number, key = number + 1, found.key
                yield Read(found.line, found.content, {"rows": number, "key": key}, only=key)
            if len(rows) < _PAGE:
                return


def can_be_undone(session: Session, load: SourceLoad) -> bool:
    """It is done, it is no undoing itself, and nothing was loaded into its source since."""
    if load.status is not LoadStatus.DONE or load.origin.get("kind") == "undo":
        return False
    later = select(SourceLoad.id).where(
        SourceLoad.source_id == load.source_id,
        tuple_(SourceLoad.started_at, SourceLoad.id) > (load.started_at, load.id),
        SourceLoad.written > 0,
    )
    return not session.scalar(select(later.exists()))


def settle(session: Session, undoing: SourceLoad, slug: str, *, now: datetime) -> int:
    """The end of an undoing: what the load had brought, new or again, goes, what it had missed is back. Returns how many go."""
    undone = session.get_one(SourceLoad, UUID(undoing.origin["of"]))
    values = {
        "source": undone.source_id,
        "load": undone.id,
        "now": now,
        "at": undone.finished_at,
        "undoing": undoing.id,
    }
    gone = (*session.scalars(_BROUGHT, values), *session.scalars(_GONE_AGAIN, values))
    back = tuple(session.scalars(_MISSED, values)) if undone.full else ()
    undone.status, undone.undone_reason = LoadStatus.UNDONE, undoing.origin["reason"]
    if gone:
        publish(session, RecordsGone(slug, gone))
    if back:
        publish(session, RecordsArrived(slug, back))
    return len(gone)
