"""The lists of the monitoring desk: what waits, with whom, since when, and where it has been. Three queries a page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.enquiries.enums import EntryKind
from app.enquiries.models import Enquiry, EnquiryEntry, EnquiryPlace, SilenceAlarm
from app.enquiries.policy import IN_A_QUEUE, OPEN
from app.handoffs.enums import HandoffState
from app.handoffs.models import Handoff
from app.kernel.i18n import N_
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.models import Queue, Service, Unit
from app.oversight.enums import DeskList, DeskSort, Threshold
from app.oversight.policy import Limits
from app.oversight.queries.custody import why_no_custody
from app.oversight.queries.deliveries import saying, stuck
from app.oversight.rows import DeskRow, Filters, UnitLoad
from app.sla.enums import Measure
from app.sla.models import SlaClock

human_since: ColumnElement[datetime] = func.coalesce(Enquiry.last_human_action_at, Enquiry.received_at)
contact_since: ColumnElement[datetime] = func.coalesce(Enquiry.last_customer_contact_at, Enquiry.received_at)
NO_NOTE = literal("")
_offered_to, _later = aliased(Unit), aliased(Handoff)


@dataclass(frozen=True, slots=True)
class Watched:
    """How a list is found: what belongs to it, since when, what else is joined, and what is said of each."""

    where: Sequence[ColumnElement[bool]]
    since: ColumnElement[Any]
    joins: Sequence[tuple[Any, ColumnElement[bool]]] = ()
    note: ColumnElement[Any] = NO_NOTE


def listing(
    session: Session,
    which: DeskList,
    *,
    limits: Limits,
    now: datetime,
    page: PageRequest,
    filters: Filters | None = None,
    sort: DeskSort = DeskSort.SINCE,
    descending: bool = False,
) -> Page[DeskRow]:
    """One page of a list, the longest wait first unless sorted otherwise, each with the places where it has been."""
    found = fetch_page(session, _listed(which, limits, now, filters, sort, descending=descending), page)
    return Page(_with_places(session, found.items), found.total, found.number, found.size)


def whole(
    session: Session,
    which: DeskList,
    *,
    limits: Limits,
    now: datetime,
    most: int,
    filters: Filters | None = None,
    sort: DeskSort = DeskSort.SINCE,
    descending: bool = False,
) -> tuple[DeskRow, ...]:
    """A list to be taken away: so many lines at most, in the order in which it was looked at. Two queries."""
    query = _listed(which, limits, now, filters, sort, descending=descending).limit(most)
    return _with_places(session, session.execute(query).all())


def _listed(
    which: DeskList, limits: Limits, now: datetime, filters: Filters | None, sort: DeskSort, *, descending: bool
) -> Select[*tuple[Any, ...]]:
    watched = _watched(which, limits, now)
    order = {
        DeskSort.SINCE: watched.since, DeskSort.RECEIVED: Enquiry.received_at.expression,
        DeskSort.PROMISE: Enquiry.promised_at.expression, DeskSort.HUMAN_ACTION: human_since, DeskSort.CUSTOMER_CONTACT: contact_since,
    }[sort]  # fmt: skip
    query = _rows(watched).where(*narrowed(filters or Filters()))
    return query.order_by(order.desc() if descending else order.asc(), Enquiry.id)


def _with_places(session: Session, found: Sequence[Any]) -> tuple[DeskRow, ...]:
    rows = tuple(DeskRow(*row) for row in found)
    been = _been(session, [row.id for row in rows])
    return tuple(replace(row, been=been.get(row.id, ())) for row in rows)


def chosen(session: Session, references: Collection[str]) -> tuple[DeskRow, ...]:
    """These enquiries as lines of a list, those that came first in front. Two queries."""
    these = Watched([Enquiry.reference.in_(references)], Enquiry.received_at.expression)
    return _with_places(session, session.execute(_rows(these).order_by(Enquiry.received_at, Enquiry.id)).all())


def counts(session: Session, *, limits: Limits, now: datetime, filters: Filters | None = None) -> dict[DeskList, int]:
    """How many are in each list. One query a list, however many there are."""
    return {
        which: session.scalar(
            select(func.count()).select_from(
                _rows(_watched(which, limits, now)).where(*narrowed(filters or Filters())).subquery()
            )
        )
        or 0
        for which in DeskList
    }


def narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions for the filters, over a select that has joined unit, queue and service."""
    wanted: Mapping[Any, object] = {
        Unit.slug: filters.unit, Queue.slug: filters.queue, Service.slug: filters.service, Enquiry.channel: filters.channel,
    }  # fmt: skip
    return [column == value for column, value in wanted.items() if value]


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


def _watched(which: DeskList, limits: Limits, now: datetime) -> Watched:
    is_open = Enquiry.state.in_(OPEN)
    stuck_before = now - timedelta(days=limits[Threshold.STUCK_DAYS])
    unattended_before = now - timedelta(days=limits[Threshold.UNATTENDED_DAYS])
    breaches_by = now + timedelta(hours=limits[Threshold.BREACH_HOURS])
    silent_by = now + timedelta(hours=limits[Threshold.SILENT_HOURS])
    why = why_no_custody(now)
    return {
        DeskList.CUSTODY: Watched([is_open, why.is_not(None)], human_since, note=why),
        DeskList.STUCK: Watched([is_open, human_since <= stuck_before], human_since),
        DeskList.UNATTENDED: Watched([Enquiry.state.in_(IN_A_QUEUE), human_since <= unattended_before], human_since),
        DeskList.UNACCEPTED: _unaccepted(),
        DeskList.OWNERLESS: Watched([is_open, Enquiry.owner_id.is_(None)], Enquiry.held_since.expression),
        DeskList.BREACHING: _by_clock(Measure.RESOLUTION, SlaClock.due_at > now, SlaClock.due_at <= breaches_by),
        DeskList.SILENT: _silent(is_open, silent_by),
        DeskList.DELIVERIES: _not_delivered(now),
        DeskList.BOUNCED: _bounced(now),
    }[which]


def _unaccepted() -> Watched:
    """Offers that wait for an answer, and those that ran out and were not made again."""
    later = select(_later.id).where(_later.enquiry_id == Handoff.enquiry_id, _later.offered_at > Handoff.offered_at)
    waiting = Handoff.state == HandoffState.OFFERED
    ran_out = and_(Handoff.state == HandoffState.EXPIRED, Enquiry.state == "returned", ~later.exists())
    joins = [(Handoff, Handoff.enquiry_id == Enquiry.id), (_offered_to, _offered_to.id == Handoff.unit_id)]
    return Watched([or_(waiting, ran_out)], Handoff.offered_at.expression, joins, _offered_to.name.expression)


def _by_clock(measure: Measure, *due: ColumnElement[bool]) -> Watched:
    runs = (SlaClock.met_at.is_(None), SlaClock.stopped_at.is_(None), SlaClock.paused_at.is_(None))
    joins = [(SlaClock, and_(SlaClock.enquiry_id == Enquiry.id, SlaClock.measure == measure))]
    return Watched([Enquiry.state.in_(OPEN), *runs, *due], SlaClock.due_at.expression, joins)


def _silent(is_open: ColumnElement[bool], until: datetime) -> Watched:
    """The limit is near or past; or an alarm rings, because until now only a promise has kept it."""
    rings = select(SilenceAlarm.id).where(SilenceAlarm.enquiry_id == Enquiry.id, SilenceAlarm.closed_at.is_(None))
    promised = rings.where(SilenceAlarm.level > 1).exists()
    note = case((promised, literal(N_("The customer was promised a word"))), else_=NO_NOTE)
    ringing = select(SilenceAlarm.enquiry_id).where(SilenceAlarm.closed_at.is_(None))
    near = or_(Enquiry.hear_by <= until, Enquiry.id.in_(ringing))
    return Watched([is_open, near], Enquiry.hear_by.expression, note=note)


def _not_delivered(now: datetime) -> Watched:
    """Whatever should have reached somebody, and nobody has explained why it did not."""
    late = stuck(now)
    return Watched([], late.c.at, [(late, late.c.enquiry_id == Enquiry.id)], saying(late.c.what))


def _bounced(now: datetime) -> Watched:
    missed = (
        select(EnquiryEntry.enquiry_id, func.max(EnquiryEntry.at).label("at"))
        .where(EnquiryEntry.kind == EntryKind.NOT_REACHED, EnquiryEntry.at <= now)
        .group_by(EnquiryEntry.enquiry_id)
        .subquery()
    )
    untouched = or_(Enquiry.last_human_action_at.is_(None), Enquiry.last_human_action_at <= missed.c.at)
    return Watched([untouched], missed.c.at, [(missed, missed.c.enquiry_id == Enquiry.id)])


def _rows(watched: Watched) -> Select[*tuple[Any, ...]]:
    query = (
        select(
            Enquiry.id, Enquiry.reference, Service.name, Enquiry.channel, Enquiry.state, func.coalesce(Queue.name, ""),
            Unit.name, func.coalesce(Account.name, ""), Enquiry.received_at, Enquiry.promised_at, human_since, contact_since,
            Enquiry.version, watched.since.label("since"), watched.note.label("note"),
        )
        .select_from(Enquiry)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Enquiry.unit_id)
        .outerjoin(Queue, Queue.id == Enquiry.queue_id)
        .outerjoin(Account, Account.id == Enquiry.owner_id)
    )  # fmt: skip
    for target, condition in watched.joins:
        query = query.join(target, condition)
    return query.where(*watched.where)


def _been(session: Session, enquiry_ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The queues and units through which each has gone, in order; what stayed where it was is named once."""
    if not enquiry_ids:
        return {}
    query = (
        select(EnquiryPlace.enquiry_id, func.coalesce(Queue.name, Unit.name))
        .join(Unit, Unit.id == EnquiryPlace.unit_id)
        .outerjoin(Queue, and_(Queue.id == EnquiryPlace.queue_id, EnquiryPlace.owner_id.is_(None)))
        .where(EnquiryPlace.enquiry_id.in_(enquiry_ids))
        .order_by(EnquiryPlace.enquiry_id, EnquiryPlace.since, EnquiryPlace.id)
    )
    been: dict[UUID, list[str]] = {}
    for enquiry_id, name in session.execute(query):
        names = been.setdefault(enquiry_id, [])
        if not names or names[-1] != name:
            names.append(name)
    return {enquiry_id: tuple(names) for enquiry_id, names in been.items()}
