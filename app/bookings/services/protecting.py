"""Seeing who comes although their record is restricted."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.bookings.queries import booking
from app.bookings.rows import BookingRow
from app.customers import services as customers
from app.kernel.actors import Actor
from app.kernel.errors import Invalid, NotAllowed
from app.kernel.i18n import N_


def open_restricted(session: Session, actor: Actor, reference: str, *, reason: str, now: datetime) -> BookingRow:
    """The whole booking, once: who opens it and why is kept, and whoever watches over such openings is told."""
    if not may(actor, Permission.CUSTOMERS_RESTRICTED):
        raise NotAllowed
    if not reason.strip():
        raise Invalid({"reason": N_("Say why you must see this record")})
    row = booking(session, actor, reference, opened=True)
    customers.note_opened(session, actor, "booking", [row.id], purpose="booking", reason=reason.strip(), now=now)
    return row
