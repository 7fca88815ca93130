"""What is free: the days and times of a timetable, from its windows, its unit's calendar and what is taken."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bookings.models import ClosedDay, Slot
from app.bookings.policy import Plan, Window
from app.bookings.queries.timetables import windows_of
from app.bookings.rows import FreeDay, SlotRow, TimetableRow
from app.kernel.clock import london_date
from app.organisation import queries as organisation


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Days on which nothing is booked: those on which the unit is closed, and those that the timetable itself leaves out."""

    unit: Container[date]
    own: frozenset[date]

    def __contains__(self, day: object) -> bool:
        return day in self.own or day in self.unit


def plan_of(session: Session, row: TimetableRow) -> Plan:
    """When a timetable can be booked, as its people and its unit's calendar say now."""
    own = session.scalars(select(ClosedDay.day).where(ClosedDay.timetable_id == row.id))
    unit = organisation.calendars(session)[row.unit_id].closed
    closed = LeftOut(unit, frozenset(own))
    return Plan(windows_of(session, row.id), closed, row.notice_hours, row.days_ahead, row.ends_on)


def free_days(session: Session, row: TimetableRow, *, now: datetime) -> tuple[FreeDay, ...]:
    """The days on which there is a free place, the first first."""
    plan, today = plan_of(session, row), london_date(now)
    known = _known(session, row.id, today, today + timedelta(days=row.days_ahead))
    days = (FreeDay(day, sum(one.free for one in _times(plan, day, known, now))) for day in plan.days(now))
    return tuple(one for one in days if one.free)


def free_times(session: Session, row: TimetableRow, day: date, *, now: datetime) -> tuple[SlotRow, ...]:
    """The times of a day that have a free place, in order."""
    plan = plan_of(session, row)
    if not plan.within(day, now):
        return ()
    return tuple(one for one in _times(plan, day, _known(session, row.id, day, day), now) if one.free)


def times_of_day(session: Session, row: TimetableRow, day: date) -> tuple[SlotRow, ...]:
    """Every time of a day, also what is full, closed or past, and times that are in no window any more but were booked."""
    known = _known(session, row.id, day, day)
    times = {window.on(day)[0]: slot_of(window, day) for window in plan_of(session, row).windows_on(day)}
    return tuple(one for _, one in sorted((times | known).items()))


def slot_of(window: Window, day: date) -> SlotRow:
    """A window on a day that nobody has booked yet."""
    return SlotRow(*window.on(day), window.places, 0)


def _times(plan: Plan, day: date, known: dict[datetime, SlotRow], now: datetime) -> list[SlotRow]:
    """Those that can still be booked. How many places there are is for the window to say, as long as there is one."""
    found = []
    for window in plan.windows_on(day):
        starts_at, ends_at = window.on(day)
        if not plan.too_late(starts_at, now):
            there = known.get(starts_at)
            taken, closed = (there.taken, there.closed_reason) if there else (0, "")
            found.append(SlotRow(starts_at, ends_at, window.places, taken, closed))
    return found


def _known(session: Session, timetable_id: UUID, first: date, last: date) -> dict[datetime, SlotRow]:
    query = select(Slot).where(Slot.timetable_id == timetable_id, Slot.day.between(first, last))
    return {
        one.starts_at: SlotRow(one.starts_at, one.ends_at, one.places, one.taken, one.closed_reason)
        for one in session.scalars(query.order_by(Slot.starts_at, Slot.id))
        if one.taken or one.closed_at
    }
