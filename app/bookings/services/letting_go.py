"""What points at source records lets go of those that are erased."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.bookings.models import Booking


def let_go_of_records(session: Session, ids: Collection[UUID]) -> None:
    """Bookings filed against these records are filed against none: they keep what whoever booked has told us."""
    session.execute(update(Booking).where(Booking.source_record_id.in_(ids)).values(source_record_id=None))
