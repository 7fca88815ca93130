"""What has been asked about a property, whoever asked: by service, and one by one. No word of anybody is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enquiries.models import Enquiry
from app.enquiries.policy import OPEN
from app.enquiries.queries.reading import mine_columns, mine_row
from app.enquiries.rows import MineRow
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.models import Service


@dataclass(frozen=True, slots=True)
class ServiceAtProperty:
    """A service at a property: how often it was asked for, how many are open, and the latest day."""

    name: str
    asked: int
    open: int
    last_at: datetime


def services_at_property(session: Session, property_id: UUID) -> Sequence[ServiceAtProperty]:
    """What we know of a property by what was asked about it, the latest first. One query."""
    query = (
        select(Service.name, func.count(), func.count().filter(Enquiry.state.in_(OPEN)), func.max(Enquiry.received_at))
        .join(Service, Service.id == Enquiry.service_id)
        .where(Enquiry.property_id == property_id)
        .group_by(Service.id, Service.name)
        .order_by(func.max(Enquiry.received_at).desc(), Service.name)
    )
    return [ServiceAtProperty(*row) for row in session.execute(query)]


def enquiries_at_property(session: Session, property_id: UUID, wanted: PageRequest) -> Page[MineRow]:
    """Every enquiry about a property, open or not, the newest first; without what came of it, which may tell of people. Two queries."""
    query = mine_columns().where(Enquiry.property_id == property_id)
    found = fetch_page(session, query.order_by(Enquiry.received_at.desc(), Enquiry.id.desc()), wanted)
    return Page(tuple(mine_row(row) for row in found.items), found.total, found.number, found.size)
