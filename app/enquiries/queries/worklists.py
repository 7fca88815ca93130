"""Worklists: what waits in queues and with people. Two queries a page, however long the list."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.enquiries.enums import Sort, State
from app.enquiries.models import Enquiry
from app.enquiries.policy import IN_A_QUEUE, OPEN
from app.enquiries.rows import WorkRow
from app.kernel import references
from app.kernel.errors import Invalid
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.models import Queue, Service, Unit

_SORTS = {
    Sort.PROMISE: Enquiry.promised_at,
    Sort.RECEIVED: Enquiry.received_at,
    Sort.LAST_HUMAN_ACTION: func.coalesce(Enquiry.last_human_action_at, Enquiry.received_at),
    Sort.NEXT_ACTION: Enquiry.next_action_at,
}


def worklist(
    session: Session,
    *,
    queue_ids: Collection[UUID] | None = None,
    owner_id: UUID | None = None,
    states: Collection[State] | None = None,
    service: str | None = None,
    search: str = "",
    sort: Sort = Sort.PROMISE,
    descending: bool = False,
    urgent: bool = False,
    page: PageRequest,
    now: datetime,
) -> Page[WorkRow]:
    """Open enquiries (or those in `states`) of these queues or this owner: urgent ones first, then the earliest unless `descending`."""
    order = _SORTS[sort].desc().nulls_last() if descending else _SORTS[sort].asc().nulls_last()
    query = (
        work_rows(now)
        .where(Enquiry.state.in_(OPEN if states is None else states))
        .order_by(Enquiry.urgent_until.asc().nulls_last(), order, Enquiry.id)
    )
    if urgent:
        query = query.where(Enquiry.urgent_until.is_not(None))
    if queue_ids is not None:
        query = query.where(Enquiry.queue_id.in_(queue_ids), Enquiry.state.in_(IN_A_QUEUE))
    if owner_id is not None:
        query = query.where(Enquiry.owner_id == owner_id)
    if service:
        query = query.where(Service.slug == service)
    if search.strip():
        query = query.where(_matches(search.strip()))
    found = fetch_page(session, query, page)
    return Page(tuple(WorkRow(*row) for row in found.items), found.total, found.number, found.size)


def waiting_counts(session: Session, queue_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many wait in each of these queues."""
    query = (
        select(Enquiry.queue_id, func.count())
        .where(Enquiry.queue_id.in_(queue_ids), Enquiry.state.in_(IN_A_QUEUE))
        .group_by(Enquiry.queue_id)
    )
    counts = {row[0]: row[1] for row in session.execute(query)}
    return {queue_id: counts.get(queue_id, 0) for queue_id in queue_ids}


def work_rows(now: datetime) -> Select[*tuple[Any, ...]]:
    """The columns of a WorkRow, for the lists here and in the rooms above."""
    return (
        select(
            Enquiry.reference, Service.name, Enquiry.state, Enquiry.raiser_name, Enquiry.owner_id,
            func.coalesce(Account.name, ""), func.coalesce(Queue.name, ""), Unit.name, Enquiry.received_at,
            Enquiry.promised_at, Enquiry.next_action_at, Enquiry.last_human_action_at, Enquiry.version,
            case((Enquiry.state.in_(OPEN), Enquiry.promised_at < now), else_=False), Enquiry.urgent_until,
        )
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Enquiry.unit_id)
        .outerjoin(Queue, Queue.id == Enquiry.queue_id)
        .outerjoin(Account, Account.id == Enquiry.owner_id)
    )  # fmt: skip


def _matches(search: str) -> Any:
    """By reference if it is one, else by a part of the name."""
    try:
        return Enquiry.reference == references.parse(search, "FP")
    except Invalid:
        pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        return or_(Enquiry.raiser_name.ilike(pattern), Enquiry.raiser_email.ilike(pattern))
