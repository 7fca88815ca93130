"""What is kept of who has booked, for whom and where."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.orm import Session

from app.bookings.enums import BookingState
from app.bookings.models import Booking, Slot
from app.bookings.queries.reading import booking_row, filed, selected
from app.kernel.actors import Actor
from app.kernel.i18n import N_
from app.kernel.personal import (
    ERASED,
    MACHINE,
    OURS,
    STAFF,
    Assessed,
    Held,
    Holding,
    Retention,
    Room,
    Row,
    Subject,
    Thing,
)

AT_ONCE = 500
_TELLS = Booking.person_name != ERASED
_LIVE = (Booking.state == BookingState.BOOKED) & Booking.slot_id.in_(select(Slot.id).where(Slot.ends_at > func.now()))
"""It stands and is not over: whoever comes, or is visited, is expected."""


def things(session: Session, subject: Subject) -> Iterator[Thing]:
    query = select(Booking.id).where(filed(subject.records, subject.accounts)).order_by(Booking.id)
    yield from (Thing("booking", one) for one in session.scalars(query))


def own(session: Session, subject: Subject) -> Iterator[str]:
    """What they called themselves when they booked."""
    query = select(Booking.person_name, Booking.email, Booking.phone).where(_theirs(subject), _TELLS).distinct()
    for name, email, phone in session.execute(query):
        yield from (name, *name.split(), email, phone)


def export_bookings(session: Session, subject: Subject) -> Iterator[Row]:
    """What they booked or had booked for them, and what became of it."""
    query = selected().where(_theirs(subject)).order_by(Booking.booked_at, Booking.id)
    for found in session.execute(query.execution_options(yield_per=AT_ONCE)):
        one = booking_row(found)
        yield {
            "at": one.booked_at.isoformat(), "reference": one.reference, "what": one.timetable.name, "with": one.timetable.unit_name,
            "starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat(),
            "where": one.address or one.timetable.place, "state": one.state.value, "channel": one.channel.value, "name": one.person_name,
            "email": one.email, "phone": one.phone, "note": subject.masked(one.note), "cancelled_because": one.cancel_reason,
        }  # fmt: skip


def assess_bookings(session: Session, subject: Subject) -> Assessed:
    waiting = _count(session, _theirs(subject) & _TELLS & _LIVE)
    return Assessed.of(_count(session, _theirs(subject) & _TELLS) - waiting, open_enquiry=waiting)


def erase_bookings(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    """That a place was taken, when and whether it was used stays for the count; who it was and where goes."""
    return _blank(session, _theirs(subject) & _TELLS & ~_LIVE)


def count_old(session: Session, before: datetime, held: Held) -> int:
    return _count(session, _old(before, held))


def expire_old(session: Session, before: datetime, held: Held, most: int, _now: datetime) -> int:
    ids = list(session.scalars(select(Booking.id).where(_old(before, held)).order_by(Booking.id).limit(most)))
    return _blank(session, Booking.id.in_(ids))


def _theirs(subject: Subject) -> ColumnElement[bool]:
    return Booking.id.in_(subject.ids("booking"))


def _old(before: datetime, held: Held) -> ColumnElement[bool]:
    kept = or_(
        func.coalesce(Booking.account_id.in_(held.accounts), False),
        func.coalesce(Booking.source_record_id.in_(held.records), False),
    )
    return Booking.slot_id.in_(select(Slot.id).where(Slot.ends_at < before)) & _TELLS & ~kept


def _blank(session: Session, which: ColumnElement[bool]) -> int:
    ids: list[UUID] = list(session.scalars(select(Booking.id).where(which)))
    by_them = Booking.booked_by_id.is_(None) & (Booking.booked_by != "")
    blanks = {
        "person_name": ERASED, "email": "", "phone": "", "note": "", "property_id": None, "locale": "en", "account_id": None,
        "source_record_id": None, "client_token": None, "cancel_reason": case((Booking.cancel_reason == "", ""), else_=ERASED),
        "booked_by": case((by_them, ERASED), else_=Booking.booked_by),
    }  # fmt: skip
    session.execute(
        update(Booking).where(Booking.id.in_(ids)).values(**blanks).execution_options(synchronize_session=False)
    )
    session.expire_all()
    return len(ids)


def _count(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Booking).where(which)) or 0


ROOM = Room(
    "bookings",
    (
        Holding(
            "bookings", N_("Visits and work that you booked"),
            (
                "booking.person_name", "booking.email", "booking.phone", "booking.note", "booking.cancel_reason", "booking.booked_by",
                "booking.client_token", "booking.locale",
            ),
            Retention(
                24, N_("the booked time"), N_("who it was and where is blanked"), N_("Long enough to answer questions about a visit"),
                count_old, expire_old,
            ),
            N_("So that we know who comes, or whom to visit"),
            N_("The service that you booked with"), export=export_bookings, assess=assess_bookings, erase=erase_bookings,
        ),
    ),
    {
        "booking.reference": MACHINE, "booking.settled_by": STAFF,
        "booking_timetable.*": OURS, "booking_closed_day.*": OURS, "booking_slot.*": OURS,
    },
    things=things,
    own=own,
)  # fmt: skip
