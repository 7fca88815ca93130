"""The day before, everybody who is booked hears of it once more."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bookings.enums import BookingState
from app.bookings.models import Booking, Slot
from app.bookings.queries.reading import booking_by_id
from app.bookings.services.telling import tell
from app.kernel.clock import LONDON, as_utc, london_date
from app.notifications.enums import Template

FROM_HOUR = 8
"""Nobody is reminded in the night."""


def remind_due(session: Session, *, now: datetime, batch: int) -> int:
    """Remind of tomorrow's bookings, each once; says how many were seen to. Who booked today, or moved it, knows already."""
    today = london_date(now)
    if as_utc(now).astimezone(LONDON).hour < FROM_HOUR:
        return 0
    midnight = as_utc(datetime.combine(today, time(), LONDON))
    due = (
        select(Booking)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Slot.day == today + timedelta(days=1), Booking.state == BookingState.BOOKED)
        .where(Booking.reminded_at.is_(None), Booking.chosen_at < midnight)
        .order_by(Booking.id)
        .limit(batch)
        .with_for_update(of=Booking, skip_locked=True)
    )
    bookings = session.scalars(due).all()
    for booking in bookings:
        booking.reminded_at = now
        session.flush()
        tell(session, booking_by_id(session, booking.id), Template.BOOKING_REMINDER, now=now)
    return len(bookings)
