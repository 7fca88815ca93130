"""Bookings hear from the rooms below, and say what of theirs goes with a customer."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from babel.dates import format_datetime
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.bookings import services
from app.bookings.enums import BookingState
from app.bookings.models import Booking, Slot, Timetable
from app.bookings.queries.reading import filed
from app.customers.events import RecordsErased
from app.customers.rows import Stake
from app.customers.stakes import Stakes
from app.kernel.clock import LONDON
from app.kernel.events import Bus
from app.kernel.i18n import N_
from app.notifications import queries as notifications

_LISTED = 5
"""So many of those to come are named."""


def register(bus: Bus) -> None:
    bus.provided(Stakes).add(at_stake)
    bus.on(RecordsErased, let_go_of_records)


def let_go_of_records(session: Session, event: RecordsErased) -> None:
    """A booking goes on without the source record that is erased."""
    services.let_go_of_records(session, event.record_ids)


def at_stake(session: Session, records: Collection[UUID], accounts: Collection[UUID]) -> Iterable[Stake]:
    """What is booked for a customer follows its records and accounts. What both sides of a merge have booked is named first."""
    query = (
        select(Booking.reference, Timetable.name, Slot.starts_at)
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Timetable, Timetable.id == Slot.timetable_id)
        .where(filed(records, accounts), Booking.state == BookingState.BOOKED, Slot.ends_at > func.now())
        .order_by(Slot.starts_at, Booking.reference)
    )
    rows = session.execute(query).all()
    booked = Counter(name for _, name, _ in rows)
    rows_first = sorted(rows, key=lambda row: booked[row.name] == 1)[:_LISTED]
    lines = tuple((reference, f"{name}, {_when(at)}") for reference, name, at in rows_first)
    yield Stake(N_("Bookings to come"), len(rows), lines)
    about = ("booking", select(Booking.id).where(Booking.source_record_id.in_(records)))
    yield Stake(N_("Messages on their way about bookings"), notifications.on_their_way(session, (), about))


def _when(at: datetime) -> str:
    return str(format_datetime(at, "d MMMM y, HH:mm", tzinfo=LONDON, locale="en_GB"))
