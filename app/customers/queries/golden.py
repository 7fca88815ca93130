"""Between source records and golden records, as they stand now."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.customers.models import Link
from app.kernel.errors import NotFound

_CURRENT = text(
    """
    WITH RECURSIVE path AS (
        SELECT id, retired_into, live FROM golden_record WHERE id = :id
        UNION SELECT g.id, g.retired_into, g.live FROM golden_record g JOIN path p ON g.id = p.retired_into
    )
    SELECT id FROM path WHERE live
    """
)


def resolve(session: Session, golden_id: UUID) -> UUID:
    """The golden record that an id stands for today: itself, or whatever took its place. NotFound if there is none."""
    current: UUID | None = session.scalar(_CURRENT, {"id": golden_id})
    if current is None:
        raise NotFound
    return current


def golden_of_source_record(session: Session, source_record_id: UUID) -> UUID | None:
    """The golden record of a source record; None until a match run has seen it."""
    return session.scalar(select(Link.golden_id).where(Link.source_record_id == source_record_id))


def golden_of_source_records(session: Session, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Source record → golden record, for those that are matched."""
    query = select(Link.source_record_id, Link.golden_id).where(Link.source_record_id.in_(list(ids)))
    return {row[0]: row[1] for row in session.execute(query)}


def source_records_of_golden(session: Session, golden_id: UUID) -> list[UUID]:
    """The source records of a golden record, whatever id it is known by."""
    query = select(Link.source_record_id).where(Link.golden_id == resolve(session, golden_id))
    return list(session.scalars(query.order_by(Link.source_record_id)))
