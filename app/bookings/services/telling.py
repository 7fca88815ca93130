"""Messages to whoever booked."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.bookings.rows import BookingRow
from app.notifications import services as notifications
from app.notifications.enums import Template

AGAIN = frozenset({Template.BOOKING_CANCELLED, Template.BOOKING_CALLED_OFF})
"""These lead to where one can book another time."""


def tell(session: Session, row: BookingRow, template: Template, *, now: datetime, reason: str = "") -> bool:
    """Put a message into the outbox; says whether there is an address for it. Where somebody lives stands in none."""
    if not row.email:
        return False
    context = {
        "name": row.person_name, "reference": row.reference, "what": row.timetable.name, "starts_at": row.starts_at,
        "place": row.timetable.place, "bring": row.timetable.bring, "phone": row.timetable.phone, "reason": reason,
        "own": row.account_id is not None, "change_until": row.change_until,
        "path": f"/book/{row.timetable.slug}" if template in AGAIN else f"/account/bookings/{row.reference}",
    }  # fmt: skip
    notifications.queue_message(
        session, template, to=row.email, locale=row.locale, context=context, about=("booking", row.id),
        account_id=row.account_id, now=now,
    )  # fmt: skip
    return True
