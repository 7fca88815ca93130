"""Worklists: what waits in queues and with people. Two queries a page, however long the list, and neither walks through all of it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.enquiries.enums import Sort, State
from app.enquiries.models import Enquiry
from app.enquiries.policy import IN_A_QUEUE, OPEN
from app.enquiries.queries.restricted import about_restricted, unless_restricted
from app.enquiries.rows import WorkRow
from app.kernel import references
from app.kernel.errors import Invalid
from app.kernel.paging import Page, PageRequest, counted
from app.organisation.models import Queue, Service, Unit

MOST = 10_000
"""Nobody leafs further: a list of more says so, and asks to be narrowed."""
_SORTS: dict[Sort, ColumnElement[Any]] = {
    Sort.PROMISE: Enquiry.promised_at.expression,
    Sort.RECEIVED: Enquiry.received_at.expression,
    Sort.LAST_HUMAN_ACTION: func.coalesce(Enquiry.last_human_action_at, Enquiry.received_at),
    Sort.NEXT_ACTION: Enquiry.next_action_at.expression,
}
_URGENT = Enquiry.urgent_until.is_not(None)


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
    wanted = select(Enquiry.id).where(Enquiry.state.in_(OPEN if states is None else states))
    if urgent:
        wanted = wanted.where(_URGENT)
    if queue_ids is not None:
        wanted = wanted.where(Enquiry.queue_id.in_(queue_ids), Enquiry.state.in_(IN_A_QUEUE))
    if owner_id is not None:
        wanted = wanted.where(Enquiry.owner_id == owner_id)
    if service:
        wanted = wanted.where(Enquiry.service_id == select(Service.id).where(Service.slug == service).scalar_subquery())
    if search.strip():
        wanted = wanted.where(_matches(search.strip()))
    total, more = counted(session, wanted.with_only_columns(literal(1)), MOST)
    shown = _shown(wanted, sort, descending, page)
    rows = session.execute(work_rows(now).join(shown, shown.c.id == Enquiry.id).order_by(*_order(shown, descending)))
    return Page(tuple(WorkRow(*row) for row in rows), total, page.number, page.size, more)


def _shown(wanted: Select[Any], sort: Sort, descending: bool, page: PageRequest) -> Subquery:
    """The ids of one page. Urgent ones and the others are looked up apart, so that each walks along its own index and stops early."""
    end = page.number * page.size
    place = _SORTS[sort].label("place")
    columns = (Enquiry.id, Enquiry.urgent_until, place)
    halves = [
        wanted.with_only_columns(*columns)
        .where(condition)
        .order_by(*first, _along(place, descending), Enquiry.id)
        .limit(end)
        for condition, first in ((_URGENT, [Enquiry.urgent_until]), (~_URGENT, []))
    ]
    both = union_all(*halves).subquery()
    return select(both).order_by(*_order(both, descending)).limit(page.size).offset(end - page.size).subquery()


def _order(rows: Subquery, descending: bool) -> tuple[ColumnElement[Any], ...]:
    return rows.c.urgent_until.asc().nulls_last(), _along(rows.c.place, descending), rows.c.id.asc()


def _along(place: ColumnElement[Any], descending: bool) -> ColumnElement[Any]:
    """As the database keeps it in its indexes. What has no next action any more comes last, or first when turned round."""
    return place.desc() if descending else place.asc()


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
            Enquiry.reference, Service.name, Enquiry.state, unless_restricted(Enquiry.raiser_name), Enquiry.owner_id,
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
        named = or_(Enquiry.raiser_name.ilike(pattern), Enquiry.raiser_email.ilike(pattern))
        return and_(named, ~about_restricted())
