"""Who is about to be left waiting for a word, and how often that happened."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Subquery, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.enquiries.models import Enquiry, SilenceAlarm
from app.enquiries.policy import OPEN
from app.enquiries.queries.restricted import unless_restricted
from app.enquiries.tool_rows import SilentRow
from app.kernel.paging import Page, PageRequest, counted
from app.organisation.models import Queue, Service, Unit

SOON = timedelta(days=1)
MOST = 10_000


def about_to_be_silent(
    session: Session, *, now: datetime, page: PageRequest, within: timedelta = SOON, unit: str | None = None
) -> Page[SilentRow]:
    """Open enquiries whose customer must hear from a person by then, or for whom the alarm rings already; the nearest limit first."""
    until = now + within
    ringing = select(SilenceAlarm.enquiry_id).where(SilenceAlarm.closed_at.is_(None))
    waiting = select(Enquiry.id, Enquiry.hear_by).where(Enquiry.state.in_(OPEN))
    if unit is not None:
        waiting = waiting.where(Enquiry.unit_id == select(Unit.id).where(Unit.slug == unit).scalar_subquery())
    near = waiting.where(Enquiry.hear_by <= until)
    later = waiting.where(Enquiry.hear_by > until, Enquiry.id.in_(ringing))
    total, more = counted(session, union_all(*(part.with_only_columns(literal(1)) for part in (near, later))), MOST)
    shown = _shown((near, later), page)
    query = (
        select(
            Enquiry.reference, Service.name, unless_restricted(Enquiry.raiser_name), unless_restricted(Enquiry.raiser_phone),
            Enquiry.raiser_email != "",
            Enquiry.state, Enquiry.owner_id, func.coalesce(Account.name, ""), func.coalesce(Queue.name, ""), Unit.name,
            Enquiry.hear_by, Enquiry.last_customer_contact_at, Enquiry.hear_by < now,
        )
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Enquiry.unit_id)
        .outerjoin(Queue, Queue.id == Enquiry.queue_id)
        .outerjoin(Account, Account.id == Enquiry.owner_id)
        .join(shown, shown.c.id == Enquiry.id)
        .order_by(Enquiry.hear_by, Enquiry.id)
    )  # fmt: skip
    rows: Sequence[Any] = session.execute(query).all()
    return Page(tuple(SilentRow(*row) for row in rows), total, page.number, page.size, more)


def _shown(parts: tuple[Select[UUID, datetime], ...], page: PageRequest) -> Subquery:
    """The ids of one page. Each part is looked up along its own index, and no further than this page reaches."""
    end = page.number * page.size
    both = union_all(*(part.order_by(Enquiry.hear_by, Enquiry.id).limit(end) for part in parts)).subquery()
    return select(both.c.id).order_by(both.c.hear_by, both.c.id).limit(page.size).offset(end - page.size).subquery()


def silence_counts(session: Session, *, now: datetime) -> tuple[int, int]:
    """For how many open enquiries the alarm rings, and how many of their customers have waited past the limit."""
    ringing = SilenceAlarm.closed_at.is_(None)
    late = (SilenceAlarm.missed_at.is_not(None)) | (SilenceAlarm.hear_by < now)
    row: Any = session.execute(select(func.count(), func.count().filter(late)).where(ringing)).one()
    return row[0], row[1]
