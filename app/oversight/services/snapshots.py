"""Counting what is open each day, so that there is a trend; and putting together days that were missed."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, func, insert, literal, null, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.enquiries.enums import EntryKind
from app.enquiries.models import Enquiry, EnquiryEntry, EnquiryPlace
from app.enquiries.policy import OPEN
from app.kernel.actors import ActorKind
from app.kernel.clock import LONDON, as_utc, london_date
from app.oversight.enums import AgeingMeasure, DayKind
from app.oversight.models import OversightAgeing, OversightDay
from app.oversight.policy import BANDS
from app.oversight.queries.custody import custody_breaches

K = EntryKind
HEARD = (
    K.MESSAGE_OUT, K.AWAITING_CUSTOMER, K.PROMISE_CHANGED, K.RESOLVED, K.WITHDRAWN, K.DUPLICATE, K.REDIRECTED, K.SPAM,
    K.HANDOFF_ACCEPTED, K.HANDOFF_COMPLETED,
)  # fmt: skip
"""Lines of a timeline by which the customer hears from a person, when a person writes them."""
PEOPLE = (ActorKind.STAFF, ActorKind.SERVICE)


def measure_today(session: Session, *, now: datetime) -> None:
    """Count today as it is now. Again on the same day: the newest ageing, and the most breaches that were seen."""
    day = london_date(now)
    held = select(
        Enquiry.unit_id, Enquiry.queue_id, Enquiry.service_id, Enquiry.channel, Enquiry.received_at,
        func.coalesce(Enquiry.last_human_action_at, Enquiry.received_at).label("human"),
        func.coalesce(Enquiry.last_customer_contact_at, Enquiry.received_at).label("contact"),
    ).where(Enquiry.state.in_(OPEN), Enquiry.received_at <= now)  # fmt: skip
    row = {
        "day": day, "kind": DayKind.MEASURED, "taken_at": now, "open_count": _count(session, held),
        "custody_breaches": custody_breaches(session, now=now),
    }  # fmt: skip
    statement = upsert(OversightDay).values(row)
    most = func.greatest(OversightDay.custody_breaches, statement.excluded.custody_breaches)
    session.execute(
        statement.on_conflict_do_update(index_elements=[OversightDay.day], set_=row | {"custody_breaches": most})
    )
    _roll_up(session, day, held, now)


def rebuild(session: Session, day: date, *, now: datetime) -> bool:
    """Put the end of a past day together from the places and timelines. False if something is known of that day already.

    Custody is not rebuilt: whether a queue was whole that day is written nowhere.
    """
    if day >= london_date(now) or session.get(OversightDay, day) is not None:
        return False
    end = as_utc(datetime.combine(day + timedelta(days=1), time(), LONDON))
    held = _as_it_was(end)
    session.add(OversightDay(day=day, kind=DayKind.REBUILT, taken_at=now, open_count=_count(session, held)))
    session.flush()
    _roll_up(session, day, held, end)
    return True


def _as_it_was(end: datetime) -> Select[*tuple[Any, ...]]:
    """What was open at that moment, where, and since when it had waited."""
    lines = (EnquiryEntry.enquiry_id == Enquiry.id, EnquiryEntry.at < end, EnquiryEntry.actor_kind.in_(PEOPLE))
    human = select(func.max(EnquiryEntry.at)).where(*lines).correlate(Enquiry).scalar_subquery()
    heard = select(func.max(EnquiryEntry.at)).where(*lines, EnquiryEntry.kind.in_(HEARD)).correlate(Enquiry).scalar_subquery()  # fmt: skip
    return (
        select(
            EnquiryPlace.unit_id, EnquiryPlace.queue_id, Enquiry.service_id, Enquiry.channel, Enquiry.received_at,
            func.greatest(human, _if_before(Enquiry.last_human_action_at, end), Enquiry.received_at).label("human"),
            func.greatest(heard, _if_before(Enquiry.last_customer_contact_at, end), Enquiry.received_at).label("contact"),
        )
        .join(Enquiry, Enquiry.id == EnquiryPlace.enquiry_id)
        .where(
            EnquiryPlace.since < end, (EnquiryPlace.until.is_(None)) | (EnquiryPlace.until >= end),
            EnquiryPlace.state.in_(OPEN), Enquiry.received_at < end,
        )
    )  # fmt: skip


def _if_before(moment: Any, end: datetime) -> ColumnElement[Any]:
    return case((moment < end, moment), else_=null())


def _count(session: Session, held: Select[*tuple[Any, ...]]) -> int:
    return session.scalar(select(func.count()).select_from(held.subquery())) or 0


def _roll_up(session: Session, day: date, held: Select[*tuple[Any, ...]], at: datetime) -> None:
    """Write the day's counts by measure, band, unit, queue, service and channel, all in the database."""
    session.execute(delete(OversightAgeing).where(OversightAgeing.day == day))
    rows = held.subquery()
    since = {
        AgeingMeasure.RECEIVED: rows.c.received_at, AgeingMeasure.HUMAN_ACTION: rows.c.human,
        AgeingMeasure.CUSTOMER_CONTACT: rows.c.contact,
    }  # fmt: skip
    for measure, moment in since.items():
        band = case(
            *((moment <= at - timedelta(days=known.from_days), known.code) for known in reversed(BANDS[1:])),
            else_=BANDS[0].code,
        ).label("band")
        keys = (rows.c.unit_id, rows.c.queue_id, rows.c.service_id, rows.c.channel)
        counted = select(
            func.gen_random_uuid(), literal(day), literal(measure.value), band, *keys, func.count()
        ).group_by(band, *keys)
        columns = ("id", "day", "measure", "band", "unit_id", "queue_id", "service_id", "channel", "count")
        session.execute(insert(OversightAgeing).from_select(columns, counted, include_defaults=False))
