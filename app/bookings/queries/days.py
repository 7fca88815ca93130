"""A day as its people see it: every time, and who comes."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bookings.enums import BookingState
from app.bookings.models import Booking, ClosedDay, Slot
from app.bookings.queries.offering import times_of_day
from app.bookings.queries.reading import booking_row, selected, without_person
from app.bookings.queries.restricted import of_restricted
from app.bookings.rows import BookingRow, DayList, SlotRow, TimetableRow


def day_list(session: Session, row: TimetableRow, day: date) -> DayList:
    """Time by time who comes. Whoever is restricted takes up a line that says no more than that."""
    at: dict[datetime, list[BookingRow]] = {}
    for one in booked_in(session, row, day):
        at.setdefault(one.starts_at, []).append(one)
    times = times_of_day(session, row, day)
    closed = select(ClosedDay.reason).where(ClosedDay.timetable_id == row.id, ClosedDay.day == day)
    known = {time.starts_at for time in times}
    slots = [(time, tuple(at.get(time.starts_at, ()))) for time in times]
    slots += [(_gone(rows), tuple(rows)) for starts_at, rows in at.items() if starts_at not in known]
    slots.sort(key=lambda pair: pair[0].starts_at)
    return DayList(row, day, tuple(slots), session.scalar(closed) or "")


def booked_in(
    session: Session, row: TimetableRow, day: date, *, starts_at: datetime | None = None, live: bool = False
) -> tuple[BookingRow, ...]:
    """The bookings of a day, or of one time of it; `live`: those that stand. By time and name, the restricted without a name."""
    query = selected().add_columns(of_restricted()).where(Slot.timetable_id == row.id, Slot.day == day)
    if starts_at is not None:
        query = query.where(Slot.starts_at == starts_at)
    if live:
        query = query.where(Booking.state == BookingState.BOOKED)
    found = session.execute(query.order_by(Slot.starts_at, Booking.id))
    rows = (without_person(booking_row(one[:-1])) if one[-1] else booking_row(one[:-1]) for one in found)
    return tuple(sorted(rows, key=lambda one: (one.starts_at, one.hidden, one.person_name.lower(), one.reference)))


def _gone(rows: list[BookingRow]) -> SlotRow:
    return SlotRow(rows[0].starts_at, rows[0].ends_at, 0, 0)
