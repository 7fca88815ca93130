"""What the bookings' queries return."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.bookings.enums import BookingState
from app.bookings.policy import Window, change_until
from app.enquiries.enums import Channel
from app.kernel.clock import london_date


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """Something that can be booked. `service_name` is a message id; `place` is empty for the customer's home.

    `online`: residents may book it themselves.
    """

    id: UUID
    slug: str
    name: str
    service_slug: str
    service_name: str
    unit_id: UUID
    unit_slug: str
    unit_name: str
    at_home: bool
    place: str
    places: int
    notice_hours: int
    days_ahead: int
    bring: str
    phone: str
    ends_on: date | None
    version: int
    online: bool

    def last_day(self, now: datetime) -> date:
        """The last day that can be booked just now."""
        furthest = london_date(now) + timedelta(days=self.days_ahead)
        return min(furthest, self.ends_on) if self.ends_on else furthest

    def ended(self, today: date) -> bool:
        return self.ends_on is not None and self.ends_on < today


@dataclass(frozen=True, slots=True)
class TimetableCard:
    """A timetable with its week and the days on which it is closed from today on."""

    row: TimetableRow
    windows: tuple[Window, ...]
    closed: tuple["ClosedDayRow", ...]


@dataclass(frozen=True, slots=True)
class ClosedDayRow:
    """A day that was closed, why and by whom."""

    day: date
    reason: str
    closed_by: str


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A day with so many free places."""

    day: date
    free: int


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A time of a day. `taken` is 0 for one that nobody has booked yet."""

    starts_at: datetime
    ends_at: datetime
    places: int
    taken: int
    closed_reason: str = ""

    @property
    def free(self) -> int:
        return 0 if self.closed_reason else max(self.places - self.taken, 0)


@dataclass(frozen=True, slots=True)
class BookingRow:
    """One booking. Of somebody whose record is restricted, those who work here see that there is one, and no more: `hidden`."""

    id: UUID
    reference: str
    state: BookingState
    version: int
    timetable: TimetableRow
    starts_at: datetime
    ends_at: datetime
    person_name: str
    email: str
    phone: str
    locale: str
    address: str
    note: str
    channel: Channel
    booked_at: datetime
    booked_by: str
    cancelled_at: datetime | None
    cancel_reason: str
    by_us: bool
    settled_by: str
    account_id: UUID | None
    source_record_id: UUID | None
    hidden: bool = False

    @property
    def change_until(self) -> datetime:
        """Until when whoever booked may move or cancel it."""
        return change_until(self.starts_at, self.timetable.notice_hours)

    def open_at(self, now: datetime) -> bool:
        """Whether it stands and has not begun."""
        return self.state is BookingState.BOOKED and self.starts_at > now

    def changeable(self, now: datetime) -> bool:
        """Whether whoever booked may still move or cancel it themselves."""
        return self.open_at(now) and now <= self.change_until


@dataclass(frozen=True, slots=True)
class DayList:
    """Who comes on a day, time by time; `closed` says why the whole day is closed, if it is."""

    timetable: TimetableRow
    day: date
    slots: tuple[tuple[SlotRow, tuple[BookingRow, ...]], ...]
    closed: str

    @property
    def coming(self) -> int:
        """How many have a place, came or should have come."""
        return sum(one.state is not BookingState.CANCELLED for _, rows in self.slots for one in rows)
