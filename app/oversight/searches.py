"""The searches for anomalies: each one query over the tables, whatever their size."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Integer, Interval, cast, exists, extract, func, literal, or_, select
from sqlalchemy.orm import Session

from app.enquiries.enums import Channel, EntryKind, State
from app.enquiries.models import Enquiry, EnquiryEntry, EnquiryPlace
from app.enquiries.policy import IN_A_QUEUE, OPEN, RESOLVING
from app.kernel.clock import LONDON, as_utc, london_date
from app.organisation import queries as organisation
from app.organisation.enums import QueueStatus
from app.organisation.models import Queue, Service
from app.oversight.enums import AnomalyKind, Threshold
from app.oversight.models import QueueReading
from app.oversight.policy import Limits
from app.oversight.queries.names import misleading
from app.oversight.rows import Finding

PEOPLE = ("staff", "service")
SPOKEN = (Channel.PHONE, Channel.VISIT, Channel.CHAT)
"""On these an answer within minutes is what everybody hopes for."""
LOOK_BACK = timedelta(days=14)
Search = Callable[[Session, Limits, datetime], Iterator[Finding]]


def everything(session: Session, limits: Limits, now: datetime) -> Iterator[Finding]:
    """All that the searches find now."""
    for search in SEARCHES:
        yield from search(session, limits, now)


def ping_pong(session: Session, limits: Limits, now: datetime) -> Iterator[Finding]:
    """Open enquiries that came back, again and again, to where they had been before."""
    place = func.coalesce(EnquiryPlace.queue_id, EnquiryPlace.unit_id)
    before = func.lag(place).over(partition_by=EnquiryPlace.enquiry_id, order_by=(EnquiryPlace.since, EnquiryPlace.id))
    since = now - timedelta(days=limits[Threshold.PING_PONG_DAYS])
    stays = (
        select(EnquiryPlace.enquiry_id, place.label("place"), before.label("before"))
        .join(Enquiry, Enquiry.id == EnquiryPlace.enquiry_id)
        .where(Enquiry.state.in_(OPEN), or_(EnquiryPlace.until.is_(None), EnquiryPlace.until >= since))
        .subquery()
    )
    moved = select(stays.c.enquiry_id, stays.c.place).where(stays.c.place.is_distinct_from(stays.c.before)).subquery()
    returns = (func.count() - func.count(moved.c.place.distinct())).label("returns")
    often = (
        select(moved.c.enquiry_id, returns)
        .group_by(moved.c.enquiry_id)
        .having(returns >= limits[Threshold.PING_PONG_RETURNS])
        .subquery()
    )
    query = select(Enquiry.id, Enquiry.unit_id, often.c.returns).join(often, often.c.enquiry_id == Enquiry.id)
    for enquiry_id, unit_id, count in session.execute(query.order_by(Enquiry.id)):
        yield _of_enquiry(AnomalyKind.PING_PONG, enquiry_id, unit_id, count, returns=count)


def touched_unanswered(session: Session, limits: Limits, now: datetime) -> Iterator[Finding]:
    """Open enquiries that people worked on several times while the customer heard nothing."""
    days = limits[Threshold.TOUCHED_DAYS]
    heard = func.coalesce(Enquiry.last_customer_contact_at, Enquiry.received_at)
    touched = func.count(EnquiryEntry.at.distinct()).label("touches")
    query = (
        select(Enquiry.id, Enquiry.unit_id, touched, heard)
        .join(EnquiryEntry, EnquiryEntry.enquiry_id == Enquiry.id)
        .where(
            Enquiry.state.in_(OPEN), heard <= now - timedelta(days=days), EnquiryEntry.at > heard,
            EnquiryEntry.actor_kind.in_(PEOPLE), EnquiryEntry.kind != EntryKind.RECEIVED,
        )
        .group_by(Enquiry.id)
        .having(touched >= limits[Threshold.TOUCHED_TIMES])
        .order_by(Enquiry.id)
    )  # fmt: skip
    for enquiry_id, unit_id, touches, since in session.execute(query):
        waited = (now - since).days
        detail = {"touches": touches, "days": waited}
        yield _of_enquiry(AnomalyKind.TOUCHED_UNANSWERED, enquiry_id, unit_id, waited // days, **detail)


def closed_at_once(session: Session, limits: Limits, now: datetime) -> Iterator[Finding]:
    """Written enquiries that a person settled within minutes of their arrival."""
    least = timedelta(minutes=limits[Threshold.CLOSED_MINUTES])
    by = (
        select(EnquiryEntry.actor_name)
        .where(EnquiryEntry.enquiry_id == Enquiry.id, EnquiryEntry.kind == EntryKind.RESOLVED)
        .order_by(EnquiryEntry.at.desc(), EnquiryEntry.id.desc())
        .limit(1)
        .correlate(Enquiry)
        .scalar_subquery()
    )
    query = (
        select(Enquiry.id, Enquiry.unit_id, Enquiry.received_at, Enquiry.resolved_at, func.coalesce(by, ""))
        .where(
            Enquiry.state.in_([State.RESOLVED, State.CLOSED]), Enquiry.resolved_at > now - LOOK_BACK,
            Enquiry.resolved_at < Enquiry.received_at + literal(least, Interval), Enquiry.channel.not_in(SPOKEN),
            Enquiry.disposition.in_(RESOLVING), ~Enquiry.imported,
        )
        .order_by(Enquiry.id)
    )  # fmt: skip
    for enquiry_id, unit_id, received, resolved, name in session.execute(query):
        detail = {"minutes": int((resolved - received).total_seconds() // 60), "by": name}
        yield _of_enquiry(AnomalyKind.CLOSED_AT_ONCE, enquiry_id, unit_id, _minutes(resolved), **detail)


def acknowledged_only(session: Session, limits: Limits, now: datetime) -> Iterator[Finding]:
    """Open enquiries whose customer has had the automatic acknowledgement and nothing else, and nobody is at it."""
    days = limits[Threshold.ACKNOWLEDGED_DAYS]
    acknowledged = exists().where(EnquiryEntry.enquiry_id == Enquiry.id, EnquiryEntry.kind == EntryKind.TOLD)
    query = (
        select(Enquiry.id, Enquiry.unit_id, Enquiry.received_at)
        .where(
            Enquiry.state.in_(OPEN), Enquiry.received_at <= now - timedelta(days=days),
            Enquiry.last_customer_contact_at.is_(None), acknowledged,
        )
        .order_by(Enquiry.id)
    )  # fmt: skip
    for enquiry_id, unit_id, received in session.execute(query):
        waited = (now - received).days
        yield _of_enquiry(AnomalyKind.ACKNOWLEDGED_ONLY, enquiry_id, unit_id, waited // days, days=waited)


def volume_zero(session: Session, limits: Limits, now: datetime) -> Iterator[Finding]:
    """Services that received nothing yesterday on a channel on which that weekday usually brings them a good deal."""
    day = london_date(now) - timedelta(days=1)
    closed = {unit_id for unit_id, calendar in organisation.calendars(session).items() if day in calendar.closed}
    weeks = limits[Threshold.VOLUME_WEEKS]
    begin = as_utc(datetime.combine(day - timedelta(weeks=weeks), time(), LONDON))
    start = as_utc(datetime.combine(day, time(), LONDON))
    end = as_utc(datetime.combine(day + timedelta(days=1), time(), LONDON))
    weekday = extract("isodow", func.timezone("Europe/London", Enquiry.received_at))
    past = func.count().filter(Enquiry.received_at < start)
    usual = (cast(past, Integer) / weeks).label("usual")
    query = (
        select(Enquiry.service_id, Enquiry.channel, Service.unit_id, usual)
        .join(Service, Service.id == Enquiry.service_id)
        .where(Enquiry.received_at >= begin, Enquiry.received_at < end, weekday == day.isoweekday(), Service.active)
        .group_by(Enquiry.service_id, Enquiry.channel, Service.unit_id)
        .having(func.count().filter(Enquiry.received_at >= start) == 0, past >= weeks * limits[Threshold.VOLUME_LEAST])
        .order_by(Enquiry.service_id, Enquiry.channel)
    )
    for service_id, channel, unit_id, average in session.execute(query):
        if unit_id in closed:
            continue
        yield Finding(
            AnomalyKind.VOLUME_ZERO, f"service:{service_id}:{channel}", day.toordinal(),
            {"day": day.isoformat(), "usual": int(average)}, unit_id=unit_id, service_id=service_id, channel=channel,
        )  # fmt: skip


def queue_unread(session: Session, limits: Limits, now: datetime) -> Iterator[Finding]:
    """Active queues in which something waits and which none of their readers has opened for days."""
    days = limits[Threshold.UNREAD_DAYS]
    read = select(func.max(QueueReading.at)).where(QueueReading.queue_id == Queue.id).correlate(Queue).scalar_subquery()
    waiting = func.count(Enquiry.id).label("waiting")
    since = func.greatest(read, func.min(Enquiry.held_since)).label("since")
    query = (
        select(Queue.id, Queue.unit_id, waiting, since)
        .join(Enquiry, Enquiry.queue_id == Queue.id)
        .where(Queue.status == QueueStatus.ACTIVE, Enquiry.state.in_(IN_A_QUEUE))
        .group_by(Queue.id)
        .having(func.greatest(read, func.min(Enquiry.held_since)) <= now - timedelta(days=days))
        .order_by(Queue.id)
    )
    for queue_id, unit_id, count, last in session.execute(query):
        unread = (now - last).days
        detail = {"days": unread, "waiting": count}
        mark = last.date().toordinal() + days * (unread // days)
        yield Finding(AnomalyKind.QUEUE_UNREAD, f"queue:{queue_id}", mark, detail, unit_id=unit_id, queue_id=queue_id)


def queue_misnamed(session: Session, _limits: Limits, _now: datetime) -> Iterator[Finding]:
    """Active queues with something in them whose name leads people astray."""
    counted = (
        select(Enquiry.queue_id, func.count().label("waiting"), func.max(Enquiry.held_since).label("last"))
        .where(Enquiry.state.in_(IN_A_QUEUE))
        .group_by(Enquiry.queue_id)
        .subquery()
    )
    query = (
        select(Queue.id, Queue.unit_id, counted.c.waiting, counted.c.last)
        .join(counted, counted.c.queue_id == Queue.id)
        .where(Queue.status == QueueStatus.ACTIVE)
        .order_by(Queue.id)
    )
    said = misleading(session)
    for queue_id, unit_id, waiting, last in session.execute(query):
        if queue_id in said:
            detail = {"waiting": waiting, "finding": said[queue_id]}
            yield Finding(AnomalyKind.QUEUE_MISNAMED, f"queue:{queue_id}", _minutes(last), detail, unit_id=unit_id, queue_id=queue_id)  # fmt: skip


SEARCHES: tuple[Search, ...] = (
    ping_pong, touched_unanswered, closed_at_once, acknowledged_only, volume_zero, queue_unread, queue_misnamed,
)  # fmt: skip


def _of_enquiry(kind: AnomalyKind, enquiry_id: Any, unit_id: Any, mark: int, **detail: Any) -> Finding:
    return Finding(kind, f"enquiry:{enquiry_id}", mark, detail, unit_id=unit_id, enquiry_id=enquiry_id)


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp() // 60)
