"""From the waiting room into the source's records. Writing the same rows again changes nothing but when they were last seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers.events import RecordsArrived, RecordsGone
from app.customers.loading.places import place_some
from app.kernel.events import publish

_COMPARE = text(
    "SELECT count(*) FILTER (WHERE r.id IS NULL), count(*) FILTER (WHERE r.sha256 <> i.sha256), "
    "count(*) FILTER (WHERE r.sha256 = i.sha256) "
    "FROM load_row i LEFT JOIN source_record r ON r.source_id = :source AND r.key = i.key WHERE i.load_id = :load"
)
_REACH = text(
    "SELECT max(place) FROM (SELECT place FROM load_row WHERE load_id = :load AND place > :after ORDER BY place LIMIT :most) AS next"
)
_HELD = text("SELECT count(*) FROM source_record WHERE source_id = :source AND gone_since IS NULL")
_WOULD_GO = text(
    "SELECT count(*) FROM source_record r WHERE r.source_id = :source AND r.gone_since IS NULL "
    "AND NOT EXISTS (SELECT FROM load_row i WHERE i.load_id = :load AND i.key = r.key)"
)
_INCOMING = text(
    "CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS SELECT place, line, key, id, sha256, content, attributes, address_key "
    "FROM load_row WHERE load_id = :load AND place > :after AND place <= :upto"
)
_ARRIVING = text(
    "SELECT r.id FROM incoming i JOIN source_record r ON r.source_id = :source AND r.key = i.key "
    "WHERE r.sha256 <> i.sha256 OR r.attributes <> i.attributes OR r.gone_since IS NOT NULL ORDER BY i.place, i.key"
)
_CHANGED = text(
    "INSERT INTO source_record_version (record_id, number, load_id, line, content, sha256, received_at) "
    "SELECT r.id, r.version + 1, :load, i.line, i.content, i.sha256, :now "
    "FROM incoming i JOIN source_record r ON r.source_id = :source AND r.key = i.key WHERE r.sha256 <> i.sha256"
)
_KNOWN = text(
    "UPDATE source_record r SET version = r.version + (r.sha256 <> i.sha256)::int, sha256 = i.sha256, "
    "attributes = i.attributes, address_key = i.address_key, last_seen_at = :now, last_load_id = :load, "
    "gone_before = CASE WHEN (SELECT origin ->> 'kind' FROM source_load WHERE id = :load) = 'undo' THEN r.gone_before "
    "ELSE r.gone_since END, gone_since = NULL "
    "FROM incoming i WHERE r.source_id = :source AND r.key = i.key"
)
_NEW = text(
    "INSERT INTO source_record (id, source_id, key, version, sha256, attributes, address_key, restricted, "
    "first_seen_at, last_seen_at, last_load_id) "
    "SELECT i.id, :source, i.key, 1, i.sha256, i.attributes, i.address_key, false, :now, :now, :load FROM incoming i "
    "WHERE NOT EXISTS (SELECT FROM source_record r WHERE r.source_id = :source AND r.key = i.key) ORDER BY i.place, i.key "
    "RETURNING id"
)
_FIRST = text(
    "INSERT INTO source_record_version (record_id, number, load_id, line, content, sha256, received_at) "
    "SELECT i.id, 1, :load, i.line, i.content, i.sha256, :now FROM incoming i JOIN source_record r ON r.id = i.id"
)
_GO = text(
    "UPDATE source_record r SET gone_since = :now WHERE r.source_id = :source AND r.gone_since IS NULL "
    "AND NOT EXISTS (SELECT FROM load_row i WHERE i.load_id = :load AND i.key = r.key) RETURNING r.id"
)
_GO_BY_KEY = text(
    "UPDATE source_record SET gone_since = :now WHERE source_id = :source AND gone_since IS NULL AND key = ANY(:keys) RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Compared:
    """What waits, beside what is held. `held` counts the source's records that are not gone."""

    new: int
    changed: int
    same: int
    gone: int
    held: int

    def vanishes_too_much(self, percent: int) -> bool:
        """More than this share of the records would go. One or two are never too much: a person's morning, not a broken file."""
        return self.gone > LEAST_VANISHED and self.gone * 100 > self.held * percent


LEAST_VANISHED = 2


def compare(session: Session, source_id: UUID, load_id: UUID, *, full: bool) -> Compared:
    """What the waiting rows would do."""
    ids = {"source": source_id, "load": load_id}
    new, changed, same = session.execute(_COMPARE, ids).one()
    held = session.scalar(_HELD, ids) or 0
    gone = (session.scalar(_WOULD_GO, ids) or 0) if full else 0
    return Compared(new, changed, same, gone, held)


def reach(session: Session, load_id: UUID, after: int, most: int) -> int | None:
    """The place up to which so many waiting rows lie; None if none are left. Places whose rows were rejected are stepped over."""
    found: int | None = session.scalar(_REACH, {"load": load_id, "after": after, "most": most})
    return found


def write(
    session: Session, source_id: UUID, slug: str, load_id: UUID, *, after: int, upto: int, now: datetime, in_bulk: bool
) -> list[UUID]:
    """The rows of these places into the source's records, with their versions and their properties; tells who listens.

    Returns those that are new or say something else than before.
    """
    values: dict[str, object] = {"source": source_id, "load": load_id, "now": now}
    session.execute(_INCOMING, {"load": load_id, "after": after, "upto": upto})
    arrived: list[UUID] = list(session.scalars(_ARRIVING, values))
    session.execute(_CHANGED, values)
    session.execute(_KNOWN, values)
    arrived += session.scalars(_NEW, values)
    session.execute(_FIRST, values)
    session.execute(text("DROP TABLE incoming"))
    if arrived:
        if not in_bulk:  # a large load places all its records at its end
            place_some(session, arrived)
        publish(session, RecordsArrived(slug, tuple(arrived), in_bulk))
    return arrived


def let_go(session: Session, source_id: UUID, slug: str, load_id: UUID, *, now: datetime) -> int:
    """Records that a full load did not bring are noted as gone, and nothing else happens to them."""
    return _gone(session, slug, session.scalars(_GO, {"source": source_id, "load": load_id, "now": now}).all())


def let_go_of(session: Session, source_id: UUID, slug: str, keys: list[str], *, now: datetime) -> int:
    """The same for records that their source names as gone."""
    values = {"source": source_id, "keys": keys, "now": now}
    return _gone(session, slug, session.scalars(_GO_BY_KEY, values).all()) if keys else 0


def forget_rows(session: Session, load_id: UUID) -> None:
    """Empty the waiting room of a load."""
    session.execute(text("DELETE FROM load_row WHERE load_id = :load"), {"load": load_id})


def _gone(session: Session, slug: str, ids: Sequence[UUID]) -> int:
    gone = tuple(sorted(ids))
    if gone:
        publish(session, RecordsGone(slug, gone))
    return len(gone)
