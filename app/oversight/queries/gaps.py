"""What would fall between us: customers whom no message reached, and queues that name somebody who has left."""

from datetime import datetime

from sqlalchemy import func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from app.accounts.enums import AccountStatus
from app.accounts.models import Account
from app.enquiries.enums import EntryKind
from app.enquiries.models import Enquiry, EnquiryEntry
from app.enquiries.queries.restricted import unless_restricted
from app.kernel.i18n import N_
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.enums import QueueStatus
from app.organisation.models import Queue, Service, Unit
from app.oversight.rows import QueueGapRow, UndeliveredRow

_WHO = (Enquiry.raiser_name, Enquiry.raiser_phone, Enquiry.raiser_email)


def undelivered(session: Session, *, now: datetime, page: PageRequest) -> Page[UndeliveredRow]:
    """Customers whom a message did not reach, and whose enquiry nobody has worked on since; the longest ago first."""
    missed = (
        select(EnquiryEntry.enquiry_id, func.max(EnquiryEntry.at).label("at"))
        .where(EnquiryEntry.kind == EntryKind.NOT_REACHED, EnquiryEntry.at <= now)
        .group_by(EnquiryEntry.enquiry_id)
        .subquery()
    )
    query = (
        select(
            Enquiry.reference, Service.name, Enquiry.state, *map(unless_restricted, _WHO), missed.c.at, func.coalesce(Queue.name, ""), Unit.name, func.coalesce(Account.name, ""),
        )
        .join(missed, missed.c.enquiry_id == Enquiry.id)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Enquiry.unit_id)
        .outerjoin(Queue, Queue.id == Enquiry.queue_id)
        .outerjoin(Account, Account.id == Enquiry.owner_id)
        .where(or_(Enquiry.last_human_action_at.is_(None), Enquiry.last_human_action_at <= missed.c.at))
        .order_by(missed.c.at, Enquiry.id)
    )  # fmt: skip
    found = fetch_page(session, query, page)
    return Page(tuple(UndeliveredRow(*row) for row in found.items), found.total, found.number, found.size)


def queue_gaps(session: Session) -> tuple[QueueGapRow, ...]:
    """Active queues that name somebody who is suspended as their owner, deputy or monitor."""
    posts = ((N_("Owner"), Queue.owner_id), (N_("Deputy"), Queue.deputy_id), (N_("Monitor"), Queue.monitor_id))
    parts = [
        select(
            Queue.slug, Queue.name, Unit.name.label("unit"), literal(post).label("gone"), Account.name.label("person")
        )
        .join(Unit, Unit.id == Queue.unit_id)
        .join(Account, Account.id == holder)
        .where(Queue.status == QueueStatus.ACTIVE, Account.status != AccountStatus.ACTIVE)
        for post, holder in posts
    ]
    query = union_all(*parts).order_by("name", "slug", "gone")
    return tuple(QueueGapRow(*row) for row in session.execute(query))
