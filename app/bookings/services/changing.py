"""Moving and cancelling a booking, and saying who came."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.bookings.enums import BookingState
from app.bookings.errors import BookingNotFromHere, TooLate
from app.bookings.models import Booking, Slot
from app.bookings.queries.reading import booking as staff_booking
from app.bookings.queries.reading import booking_by_id, canonical, my_booking
from app.bookings.rows import BookingRow
from app.bookings.services.booking import must_be_first
from app.bookings.services.core import (
    change,
    held_booking,
    make_room,
    must_keep,
    note,
    open_timetable,
    wanted_slot,
)
from app.bookings.services.telling import tell
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, NotAllowed
from app.kernel.i18n import N_
from app.notifications.enums import Template

NOT_YET = N_("Say whether they came once the day is there")


def move(
    session: Session, actor: Actor, reference: str, *, starts_at: datetime, version: int | None = None, now: datetime
) -> BookingRow:
    """To another time of the same timetable. TooLate for a resident once the notice is over; NoPlace if the time has gone."""
    seen = _seen(session, actor, reference)
    row = open_timetable(session, seen.timetable.slug)
    slot_id, window = wanted_slot(session, row, starts_at, now=now)
    booking, slots = held_booking(session, actor, reference, version=version, also=[slot_id])
    _may_change(actor, booking_by_id(session, booking.id), now)
    if booking.slot_id == slot_id:
        return booking_by_id(session, booking.id)
    must_be_first(session, slot_id, booking.account_id, booking.source_record_id, but=booking.id)
    make_room(slots[slot_id], window)
    was = slots[booking.slot_id].starts_at
    change(session, booking, slots.values(), None, slot_id=slot_id, chosen_at=now, reminded_at=None)
    note(session, actor, "moved", booking.id, now=now, was=was, at=starts_at)
    moved = booking_by_id(session, booking.id)
    tell(session, moved, Template.BOOKING_MOVED, now=now)
    return moved


def cancel(session: Session, actor: Actor, reference: str, *, version: int | None = None, now: datetime) -> BookingRow:
    """As whoever booked wants it. TooLate for a resident once the notice is over; staff may until it begins."""
    booking, slots = held_booking(session, actor, reference, version=version)
    _may_change(actor, booking_by_id(session, booking.id), now)
    change(session, booking, slots.values(), BookingState.CANCELLED, cancelled_at=now)
    note(session, actor, "cancelled", booking.id, now=now)
    gone = booking_by_id(session, booking.id)
    tell(session, gone, Template.BOOKING_CANCELLED, now=now)
    return gone


def call_off(session: Session, actor: Actor, booking: Booking, slot: Slot, *, reason: str, now: datetime) -> None:
    """We cannot keep it: cancelled, with a message that says why and how to book again. Its slot and the booking are held."""
    change(session, booking, [slot], BookingState.CANCELLED, cancelled_at=now, cancel_reason=reason, by_us=True)
    note(session, actor, "called_off", booking.id, now=now)
    tell(session, booking_by_id(session, booking.id), Template.BOOKING_CALLED_OFF, now=now, reason=reason)


def settle(
    session: Session, actor: Actor, reference: str, *, kept: bool, version: int | None = None, now: datetime
) -> BookingRow:
    """They came, or did not. For the people who keep the timetable, from the day itself on; can be put right."""
    row = staff_booking(session, actor, canonical(reference))
    must_keep(session, actor, row.timetable.unit_id)
    booking, slots = held_booking(session, actor, reference, version=version)
    if london_date(now) < slots[booking.slot_id].day:
        raise Conflict(NOT_YET)
    state = BookingState.KEPT if kept else BookingState.MISSED
    change(session, booking, slots.values(), state, settled_at=now, settled_by=actor.name)
    note(session, actor, state.value, booking.id, now=now)
    return booking_by_id(session, booking.id)


def _seen(session: Session, actor: Actor, reference: str) -> BookingRow:
    if actor.kind is ActorKind.RESIDENT:
        return my_booking(session, actor, reference)
    return staff_booking(session, actor, reference, opened=True)


def _may_change(actor: Actor, row: BookingRow, now: datetime) -> None:
    """Residents until the notice is over, those who book for customers until it begins."""
    if not may(actor, Permission.OWN_BOOKINGS, Permission.BOOKINGS_MAKE):
        raise NotAllowed
    if row.state is not BookingState.BOOKED:
        raise BookingNotFromHere(row.state)
    if not row.open_at(now) or (actor.kind is ActorKind.RESIDENT and not row.changeable(now)):
        raise TooLate(row.timetable.phone)
