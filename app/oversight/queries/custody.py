"""Invariant 1 in SQL: every open enquiry is in somebody's custody. The count of breaches is a figure on the front."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.enums import AccountStatus
from app.accounts.models import Account
from app.enquiries.models import Enquiry
from app.enquiries.policy import OPEN
from app.kernel.clock import london_date
from app.kernel.i18n import N_
from app.kernel.paging import Page, PageRequest
from app.organisation.enums import QueueStatus
from app.organisation.models import Membership, Queue, QueueReader
from app.oversight.enums import DayKind
from app.oversight.models import OversightDay
from app.oversight.rows import BreachRow, CustodyDay

NO_NEXT_ACTION = N_("No time is set for the next action")
NO_CUSTODY = N_("Nobody has it, and it is in no queue")
QUEUE_NOT_ACTIVE = N_("It waits in a queue that is not active")
QUEUE_INCOMPLETE = N_("Its queue lacks an owner, a deputy or a reader who can act")
QUEUE_ENDED = N_("Its queue has passed its last day")
OWNER_GONE = N_("Its owner no longer works here")
_queue, _person = aliased(Queue), aliased(Account)


def breaches(session: Session, *, now: datetime, most: int = 100) -> tuple[BreachRow, ...]:
    """The open enquiries that have been in nobody's custody longest, so many at most. There should be none."""
    why = why_no_custody(now)
    found = select(Enquiry.id, Enquiry.received_at, why.label("why")).where(Enquiry.state.in_(OPEN), why.is_not(None))
    few = found.cte("found").prefix_with(
        "MATERIALIZED"
    )  # looked for among all before they are put in order: there should be none
    query = (
        select(Enquiry.reference, few.c.why)
        .join(few, few.c.id == Enquiry.id)
        .order_by(few.c.received_at, few.c.id)
        .limit(most)
    )
    return tuple(BreachRow(*row) for row in session.execute(query))


def custody_breaches(session: Session, *, now: datetime) -> int:
    """How many open enquiries are in nobody's custody: the figure on the front of the desk."""
    why = why_no_custody(now)
    query = select(func.count()).select_from(Enquiry).where(Enquiry.state.in_(OPEN), why.is_not(None))
    return session.scalar(query) or 0


def custody_days(session: Session, *, now: datetime, page: PageRequest) -> Page[CustodyDay]:
    """Each day since the first that was measured, the last first. A day that was missed is None, never nought. Two queries."""
    first = session.scalar(select(func.min(OversightDay.day)).where(OversightDay.kind == DayKind.MEASURED))
    if first is None:
        return Page((), 0, 1, page.size)
    today = london_date(now)
    total = max(0, (today - first).days) + 1
    days = [
        today - timedelta(days=back)
        for back in range((page.number - 1) * page.size, min(page.number * page.size, total))
    ]
    query = select(OversightDay.day, OversightDay.custody_breaches).where(OversightDay.day.in_(days))
    known: dict[date, int | None] = {row[0]: row[1] for row in session.execute(query)}
    return Page(tuple(CustodyDay(day, known.get(day)) for day in days), total, page.number, page.size)


def why_no_custody(now: datetime) -> ColumnElement[Any]:
    """A message for what is missing, NULL when all is well. Queues and people are each gone through once, not for every enquiry."""
    here = select(_person.id).where(_person.status == AccountStatus.ACTIVE)
    staffed = select(Membership.unit_id).where(Membership.account_id.in_(here))
    read = select(QueueReader.queue_id).where(or_(QueueReader.account_id.in_(here), QueueReader.unit_id.in_(staffed)))
    active = select(_queue.id).where(_queue.status == QueueStatus.ACTIVE)
    whole = select(_queue.id).where(_queue.owner_id.is_not(None), _queue.deputy_id.is_not(None), _queue.id.in_(read))
    ended = select(_queue.id).where(_queue.ends_on < london_date(now))
    return case(
        (Enquiry.next_action_at.is_(None), literal(NO_NEXT_ACTION)),
        (and_(Enquiry.owner_id.is_not(None), Enquiry.owner_id.not_in(here)), literal(OWNER_GONE)),
        (Enquiry.owner_id.is_not(None), None),
        (Enquiry.queue_id.is_(None), literal(NO_CUSTODY)),
        (Enquiry.queue_id.not_in(active), literal(QUEUE_NOT_ACTIVE)),
        (Enquiry.queue_id.not_in(whole), literal(QUEUE_INCOMPLETE)),
        (Enquiry.queue_id.in_(ended), literal(QUEUE_ENDED)),
        else_=None,
    )
