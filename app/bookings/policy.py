"""When something can be booked: pure sums over windows and days, in London's time."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from app.bookings.enums import BookingState
from app.kernel.clock import LONDON, as_utc, london_date

MOVES: Mapping[BookingState, frozenset[BookingState]] = {
    BookingState.BOOKED: frozenset({BookingState.CANCELLED, BookingState.KEPT, BookingState.MISSED}),
    BookingState.KEPT: frozenset({BookingState.MISSED}),
    BookingState.MISSED: frozenset({BookingState.KEPT}),
    BookingState.CANCELLED: frozenset(),
}
"""Kept and missed can be put right; what is cancelled stays cancelled."""


@dataclass(frozen=True, slots=True)
class Window:
    """A weekday (Monday is 0), from and until in minutes after midnight, and how many places there are."""

    id: UUID
    weekday: int
    starts: int
    ends: int
    places: int

    def on(self, day: date) -> tuple[datetime, datetime]:
        """The instants between which it lies on a day."""
        return _instant(day, self.starts), _instant(day, self.ends)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that says when a timetable can be booked: its windows, the days that are left out, and how early and late one may ask."""

    windows: tuple[Window, ...]
    closed: Container[date]
    notice_hours: int
    days_ahead: int
    ends_on: date | None

    def days(self, now: datetime) -> Iterator[date]:
        """Every day on which there is something to book, the first first."""
        today = london_date(now)
        weekdays = {window.weekday for window in self.windows}
        for ahead in range(self.days_ahead + 1):
            day = today + timedelta(days=ahead)
            if self.ends_on is not None and day > self.ends_on:
                return
            if day.weekday() in weekdays and day not in self.closed:
                yield day

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """Those of a day, in order, whether or not it can still be booked."""
        if day in self.closed:
            return ()
        return tuple(
            sorted(
                (one for one in self.windows if one.weekday == day.weekday()), key=lambda one: (one.starts, str(one.id))
            )
        )

    def window_at(self, starts_at: datetime, now: datetime) -> Window | None:
        """The window that begins at this instant, if it can be booked now."""
        day = as_utc(starts_at).astimezone(LONDON).date()
        if self.too_late(starts_at, now) or not self.within(day, now):
            return None
        return next((one for one in self.windows_on(day) if one.on(day)[0] == starts_at), None)

    def within(self, day: date, now: datetime) -> bool:
        """Whether the day is neither past, nor too far ahead, nor after the end."""
        today = london_date(now)
        return today <= day <= today + timedelta(days=self.days_ahead) and (self.ends_on is None or day <= self.ends_on)

    def too_late(self, starts_at: datetime, now: datetime) -> bool:
        """Whether the notice for this time is over."""
        return starts_at - timedelta(hours=self.notice_hours) < now


def change_until(starts_at: datetime, notice_hours: int) -> datetime:
    """Until when whoever booked may move or cancel."""
    return starts_at - timedelta(hours=notice_hours)


def split(starts: int, ends: int, minutes: int) -> Iterable[tuple[int, int]]:
    """From and until of each time of so many minutes between two times of day; what is left over at the end is no time."""
    return ((at, at + minutes) for at in range(starts, ends - minutes + 1, minutes))


def _instant(day: date, minutes: int) -> datetime:
    whole = timedelta(minutes=minutes)
    at = datetime.combine(day + timedelta(days=whole.days), time(), LONDON) + timedelta(seconds=whole.seconds)
    return as_utc(at)
