"""The person of a source record, for those who write to them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.customers.matching.survival import as_date, display_name
from app.customers.models import GoldenRecord, Link, SourceRecord, SourceSystem
from app.customers.rows import HeldByUs, PersonRow, SourceContact
from app.kernel.errors import NotFound


def person(session: Session, source_record_id: UUID) -> PersonRow:
    """The person of one source record; NotFound if there is no such record."""
    found = people(session, [source_record_id])
    if source_record_id not in found:
        raise NotFound
    return found[source_record_id]


def people(session: Session, source_record_ids: Iterable[UUID]) -> dict[UUID, PersonRow]:
    """The persons of some source records."""
    query = (
        select(SourceRecord, SourceSystem.slug, SourceSystem.name, Link.golden_id, GoldenRecord.restricted)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .outerjoin(Link, Link.source_record_id == SourceRecord.id)
        .outerjoin(GoldenRecord, GoldenRecord.id == Link.golden_id)
        .where(SourceRecord.id.in_(list(source_record_ids)))
        .order_by(SourceSystem.slug, SourceRecord.key)
    )
    return {
        record.id: _row(record, slug, name, golden_id, bool(hidden) or record.restricted)
        for record, slug, name, golden_id, hidden in session.execute(query)
    }


def record_by_key(session: Session, source_slug: str, key: str) -> UUID | None:
    """The id of a source record by its key in the source; upper and lower case are the same."""
    query = (
        select(SourceRecord.id)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(SourceSystem.slug == source_slug, func.upper(SourceRecord.key) == key.strip().upper())
    )
    return session.scalar(query)


def source_of_record(session: Session, source_record_id: UUID) -> SourceContact:
    """Where a record comes from, and whom to write to about it. NotFound if there is no such record."""
    query = select(SourceSystem).join(SourceRecord, SourceRecord.source_id == SourceSystem.id)
    source = session.scalar(query.where(SourceRecord.id == source_record_id))
    if source is None:
        raise NotFound
    return SourceContact(source.slug, source.name, source.contact)


def held_by_ids(session: Session, ids: Iterable[UUID]) -> list[HeldByUs]:
    """What some source records say, by source and key."""
    query = (
        select(SourceRecord, SourceSystem.slug, SourceSystem.name)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(SourceRecord.id.in_(list(ids)))
        .order_by(SourceSystem.name, SourceRecord.key)
    )
    found = session.execute(query).all()
    hidden = {one: row.restricted for one, row in people(session, [row[0].id for row in found]).items()}
    return [
        HeldByUs(record.id, slug, name, record.key, hidden[record.id], dict(record.attributes))
        for record, slug, name in found
    ]


def _row(record: SourceRecord, slug: str, source_name: str, golden_id: UUID | None, restricted: bool) -> PersonRow:
    said = record.attributes
    street = " ".join(said[part] for part in ("house_number", "street") if said.get(part))
    lines = (said.get("unit", ""), said.get("building", ""), street, said.get("city", ""))
    return PersonRow(
        source_record_id=record.id,
        source_slug=slug,
        source_name=source_name,
        source_key=record.key,
        name=display_name(said),
        date_of_birth=as_date(said.get("date_of_birth", "")),
        email=said.get("email", ""),
        phone=said.get("phone", ""),
        address_lines=tuple(line for line in lines if line),
        postcode=said.get("postcode", ""),
        property_id=record.property_id,
        golden_id=golden_id,
        restricted=restricted,
    )
