"""Enquiries of somebody for whom another acts: what the other sees of them, asked anew each time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.customers import queries as customers
from app.customers.relationship_enums import Use
from app.customers.rows import RelationshipRow
from app.enquiries.models import Enquiry
from app.enquiries.queries.reading import mine_columns, mine_row, tracked
from app.enquiries.rows import MineRow, TrackRow
from app.kernel import references
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.models import Service


def acting_enquiries(session: Session, row: RelationshipRow, *, page: PageRequest) -> Page[MineRow]:
    """What whoever acts sees by a relationship that can be used now, the newest first; nothing by any other.

    Of the one who is acted for only what was filed against the very record that the relationship names, and is within its services.
    """
    query = mine_columns().where(_within(session, row)).order_by(Enquiry.received_at.desc(), Enquiry.id.desc())
    found = fetch_page(session, query, page)
    return Page(tuple(mine_row(one) for one in found.items), found.total, found.number, found.size)


def acting_enquiry(
    session: Session, account_id: UUID, relationship_id: UUID, reference: str, *, now: datetime
) -> TrackRow:
    """One of them, for a resident who acts. NotFound for every other, and once the relationship cannot be used."""
    row = customers.accepted_relationship(session, account_id, relationship_id, now=now)
    found = session.execute(_named(session, row, reference)).first()
    if found is None:
        raise NotFound
    return tracked(session, found[0])


def is_within(session: Session, row: RelationshipRow, enquiry: Enquiry) -> bool:
    """Whether whoever acts may see this enquiry."""
    return session.execute(_named(session, row, enquiry.reference)).first() is not None


def _named(session: Session, row: RelationshipRow, reference: str) -> Any:
    try:
        canonical = references.parse(reference, "FP")
    except references.BadReference as error:
        raise NotFound from error
    query = select(Enquiry).join(Service, Service.id == Enquiry.service_id)
    return query.where(Enquiry.reference == canonical, _within(session, row))


def _within(session: Session, row: RelationshipRow) -> ColumnElement[bool]:
    """What this relationship shows. What others ask about the same person, also in their name, is not for it."""
    seen: list[ColumnElement[bool]] = []
    if row.usable and row.allows(Use.SEE) and row.concerned is not None:
        seen.append(and_(Enquiry.source_record_id == row.concerned.source_record_id, Enquiry.acting_kind.is_(None)))
    if row.usable and (row.allows(Use.SEE) or row.allows(Use.RECEIVE)):
        seen.append(Enquiry.relationship_id.in_(customers.same_arrangement(session, row.id)))
    if not seen:
        return Enquiry.id.is_(None)
    return and_(or_(*seen), Service.slug.in_(row.services)) if row.services else or_(*seen)
