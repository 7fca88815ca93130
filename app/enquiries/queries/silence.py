"""Who is about to be left waiting for a word, and how often that happened."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.enquiries.models import Enquiry, SilenceAlarm
from app.enquiries.policy import OPEN
from app.enquiries.tool_rows import SilentRow
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.models import Queue, Service, Unit

SOON = timedelta(days=1)


def about_to_be_silent(
    session: Session, *, now: datetime, page: PageRequest, within: timedelta = SOON, unit: str | None = None
) -> Page[SilentRow]:
    """Open enquiries whose customer must hear from a person by then, or for whom the alarm rings already; the nearest limit first."""
    ringing = select(SilenceAlarm.id).where(SilenceAlarm.enquiry_id == Enquiry.id, SilenceAlarm.closed_at.is_(None))
    query = (
        select(
            Enquiry.reference, Service.name, Enquiry.raiser_name, Enquiry.raiser_phone, Enquiry.raiser_email != "",
            Enquiry.state, Enquiry.owner_id, func.coalesce(Account.name, ""), func.coalesce(Queue.name, ""), Unit.name,
            Enquiry.hear_by, Enquiry.last_customer_contact_at, Enquiry.hear_by < now,
        )
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Enquiry.unit_id)
        .outerjoin(Queue, Queue.id == Enquiry.queue_id)
        .outerjoin(Account, Account.id == Enquiry.owner_id)
        .where(Enquiry.state.in_(OPEN), (Enquiry.hear_by <= now + within) | ringing.exists())
        .order_by(Enquiry.hear_by, Enquiry.id)
    )  # fmt: skip
    if unit is not None:
        query = query.where(Unit.slug == unit)
    found = fetch_page(session, query, page)
    return Page(tuple(SilentRow(*row) for row in found.items), found.total, found.number, found.size)


def silence_counts(session: Session, *, now: datetime) -> tuple[int, int]:
    """For how many open enquiries the alarm rings, and how many of their customers have waited past the limit."""
    ringing = SilenceAlarm.closed_at.is_(None)
    late = (SilenceAlarm.missed_at.is_not(None)) | (SilenceAlarm.hear_by < now)
    row: Any = session.execute(select(func.count(), func.count().filter(late)).where(ringing)).one()
    return row[0], row[1]
