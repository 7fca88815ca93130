"""What the monitoring desk sees, across all units. Everything is counted by SQL over the tables themselves."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from app.accounts.enums import AccountStatus
from app.accounts.models import Account
from app.enquiries.models import Enquiry
from app.enquiries.policy import IN_A_QUEUE, OPEN
from app.enquiries.queries.worklists import work_rows
from app.enquiries.rows import WorkRow
from app.kernel.clock import london_date
from app.kernel.i18n import N_
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.enums import QueueStatus
from app.organisation.models import Membership, Queue, QueueReader, Service, Unit
from app.oversight.enums import AgeingMeasure
from app.oversight.policy import BANDS, STUCK_AFTER, UNATTENDED_AFTER
from app.oversight.rows import Ageing, AgeingRow, BreachRow, StuckRow, UnitLoad
from app.sla import queries as sla

SINCE: dict[AgeingMeasure, ColumnElement[datetime]] = {
    AgeingMeasure.RECEIVED: Enquiry.received_at.expression,
    AgeingMeasure.HUMAN_ACTION: func.coalesce(Enquiry.last_human_action_at, Enquiry.received_at),
    AgeingMeasure.CUSTOMER_CONTACT: func.coalesce(Enquiry.last_customer_contact_at, Enquiry.received_at),
}
NO_NEXT_ACTION = N_("No time is set for the next action")
NO_CUSTODY = N_("Nobody has it, and it is in no queue")
QUEUE_NOT_ACTIVE = N_("It waits in a queue that is not active")
QUEUE_INCOMPLETE = N_("Its queue lacks an owner, a deputy or a reader who can act")
QUEUE_ENDED = N_("Its queue has passed its last day")
OWNER_GONE = N_("Its owner no longer works here")


def ageing(session: Session, *, now: datetime, unit: str | None = None) -> Ageing:
    """Open enquiries in bands of waiting time, by each of the three measures. One query."""
    columns = [
        func.count().filter(_in_band(since, band.from_days, band.to_days, now))
        for since in SINCE.values()
        for band in BANDS
    ]
    query = select(*columns).select_from(Enquiry).join(Unit, Unit.id == Enquiry.unit_id).where(Enquiry.state.in_(OPEN))
    counts = session.execute(query.where(Unit.slug == unit) if unit else query).one()
    width = len(BANDS)
    rows = [
        AgeingRow(measure, tuple(counts[index * width : (index + 1) * width])) for index, measure in enumerate(SINCE)
    ]
    return Ageing(BANDS, tuple(rows))


def in_band(
    session: Session, *, measure: AgeingMeasure, band: str, now: datetime, page: PageRequest, unit: str | None = None
) -> Page[StuckRow]:
    """The enquiries behind one number of the ageing table, the longest wait first."""
    chosen = next((known for known in BANDS if known.code == band), BANDS[-1])
    condition = _in_band(SINCE[measure], chosen.from_days, chosen.to_days, now)
    query = _waits(now).where(condition).order_by(SINCE[measure], Enquiry.id)
    return _stuck_page(session, query.where(Unit.slug == unit) if unit else query, page, now)


def stuck(session: Session, *, now: datetime, page: PageRequest) -> Page[StuckRow]:
    """Open enquiries on which nobody has worked for ten days, the longest first."""
    since = SINCE[AgeingMeasure.HUMAN_ACTION]
    return _stuck_page(session, _waits(now).where(since <= now - STUCK_AFTER).order_by(since, Enquiry.id), page, now)


def breaches(session: Session, *, now: datetime) -> tuple[BreachRow, ...]:
    """Every open enquiry that is in nobody's custody. There should be none."""
    why = _why_no_custody(london_date(now))
    query = select(Enquiry.reference, why).where(Enquiry.state.in_(OPEN), why.is_not(None))
    return tuple(BreachRow(*row) for row in session.execute(query.order_by(Enquiry.received_at, Enquiry.id)))


def custody_breaches(session: Session, *, now: datetime) -> int:
    """How many open enquiries are in nobody's custody: the figure on the front of the desk."""
    why = _why_no_custody(london_date(now))
    query = select(func.count()).select_from(Enquiry).where(Enquiry.state.in_(OPEN), why.is_not(None))
    return session.scalar(query) or 0


def unattended(session: Session, *, now: datetime, page: PageRequest) -> Page[WorkRow]:
    """Waiting in a queue, and nobody has touched it for two days."""
    since = SINCE[AgeingMeasure.HUMAN_ACTION]
    query = work_rows(now).where(Enquiry.state.in_(IN_A_QUEUE), since <= now - UNATTENDED_AFTER)
    return _work_page(session, query.order_by(since, Enquiry.id), page)


def ownerless(session: Session, *, now: datetime, page: PageRequest) -> Page[WorkRow]:
    """Open, and no person has it."""
    query = work_rows(now).where(Enquiry.state.in_(OPEN), Enquiry.owner_id.is_(None))
    return _work_page(session, query.order_by(Enquiry.received_at, Enquiry.id), page)


def about_to_breach(
    session: Session, *, now: datetime, page: PageRequest, within: timedelta = timedelta(days=1)
) -> Page[WorkRow]:
    """Open, and the promise runs out soon."""
    return sla.about_to_breach(session, now=now, within=within, page=page)


def unit_loads(session: Session, *, now: datetime) -> tuple[UnitLoad, ...]:
    """What each unit has open, late and without an owner."""
    query = (
        select(
            Unit.slug, Unit.name, func.count(Enquiry.id), func.count(Enquiry.id).filter(Enquiry.promised_at < now),
            func.count(Enquiry.id).filter(Enquiry.owner_id.is_(None)),
        )
        .join(Enquiry, and_(Enquiry.unit_id == Unit.id, Enquiry.state.in_(OPEN)))
        .group_by(Unit.id)
        .order_by(func.count(Enquiry.id).desc(), Unit.name, Unit.id)
    )  # fmt: skip
    return tuple(UnitLoad(*row) for row in session.execute(query))


def _why_no_custody(today: date) -> ColumnElement[Any]:
    """A message for what is missing, NULL when all is well: invariant 1 of the house, in SQL."""
    member = exists().where(Membership.unit_id == QueueReader.unit_id, _works(Membership.account_id))
    reader = exists().where(QueueReader.queue_id == Queue.id, or_(_works(QueueReader.account_id), member))
    here = Queue.id == Enquiry.queue_id
    active = exists().where(here, Queue.status == QueueStatus.ACTIVE)
    whole = exists().where(here, Queue.owner_id.is_not(None), Queue.deputy_id.is_not(None), reader)
    return case(
        (Enquiry.next_action_at.is_(None), literal(NO_NEXT_ACTION)),
        (and_(Enquiry.owner_id.is_not(None), ~_works(Enquiry.owner_id)), literal(OWNER_GONE)),
        (Enquiry.owner_id.is_not(None), None),
        (Enquiry.queue_id.is_(None), literal(NO_CUSTODY)),
        (~active, literal(QUEUE_NOT_ACTIVE)),
        (~whole, literal(QUEUE_INCOMPLETE)),
        (exists().where(here, Queue.ends_on < today), literal(QUEUE_ENDED)),
        else_=None,
    )


def _works(account_id: Any) -> ColumnElement[bool]:
    return exists().where(Account.id == account_id, Account.status == AccountStatus.ACTIVE)


def _in_band(since: ColumnElement[datetime], from_days: int, to_days: int | None, now: datetime) -> ColumnElement[bool]:
    newest = since <= now - timedelta(days=from_days) if from_days else literal(value=True)
    return and_(newest, since > now - timedelta(days=to_days)) if to_days is not None else and_(newest)


def _waits(now: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Enquiry.reference, Service.name, Enquiry.state, func.coalesce(Queue.name, ""), Unit.name,
            func.coalesce(Account.name, ""), Enquiry.received_at, Enquiry.promised_at,
            *(SINCE[measure] for measure in AgeingMeasure), Enquiry.version,
        )
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Enquiry.unit_id)
        .outerjoin(Queue, Queue.id == Enquiry.queue_id)
        .outerjoin(Account, Account.id == Enquiry.owner_id)
        .where(Enquiry.state.in_(OPEN), Enquiry.received_at <= now)
    )  # fmt: skip


def _stuck_page(session: Session, query: Select[*tuple[Any, ...]], page: PageRequest, now: datetime) -> Page[StuckRow]:
    found = fetch_page(session, query, page)
    return Page(tuple(_stuck(row, now) for row in found.items), found.total, found.number, found.size)


def _stuck(row: Any, now: datetime) -> StuckRow:
    """The columns as they are, but for the three moments, which become days."""
    days = [(london_date(now) - london_date(since)).days for since in row[8:11]]
    return StuckRow(*row[:8], *days, *row[11:])


def _work_page(session: Session, query: Select[*tuple[Any, ...]], page: PageRequest) -> Page[WorkRow]:
    found = fetch_page(session, query, page)
    return Page(tuple(WorkRow(*row) for row in found.items), found.total, found.number, found.size)
