"""Who is there when: pure sums over weekly patterns, absences and opening hours, in London's time."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.kernel.clock import as_utc, london_date
from app.organisation.policy import Interval, WorkingHours

LOOK_AHEAD = 366
WorkingPattern = tuple[WorkingHours, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a unit works: its opening hours, and the days on which it is closed all the same."""

    hours: WorkingHours
    closed: Container[date]

    def on(self, day: date) -> Interval | None:
        return None if day in self.closed else self.hours.on(day)


@dataclass(frozen=True, slots=True)
class Attendance:
    """All that says when one person is there. Without a pattern, it is whenever one of their units is open.

    `absences` may have no end yet. An absence outweighs everything else; an extra shift outweighs a bank holiday.
    """

    calendars: tuple[Calendar, ...]
    pattern: WorkingPattern = ()
    extras: tuple[Interval, ...] = ()
    absences: tuple[tuple[datetime, datetime | None], ...] = ()

    def there_at(self, at: datetime) -> bool:
        """Whether the person is on shift at this instant."""
        moment = as_utc(at)
        if self._absent(moment):
            return False
        return any(starts <= moment < ends for starts, ends in self._intervals(london_date(moment)))

    def next_from(self, at: datetime) -> datetime | None:
        """The first instant from this one at which the person is on shift; None if there is none within a year."""
        moment = as_utc(at)
        if any(ends is None and starts <= moment for starts, ends in self.absences):
            return None
        first = london_date(moment)
        for ahead in range(LOOK_AHEAD):
            starts = self._first_on(first + timedelta(days=ahead), moment)
            if starts is not None:
                return starts
        return None

    def _first_on(self, day: date, moment: datetime) -> datetime | None:
        found = (self._first_in(interval, moment) for interval in self._intervals(day))
        return min((starts for starts in found if starts is not None), default=None)

    def _first_in(self, interval: Interval, moment: datetime) -> datetime | None:
        """The first instant of an interval, from `moment` on, at which no absence lies."""
        at = max(interval[0], moment)
        for starts, ends in sorted(self.absences, key=lambda absence: absence[0]):
            if starts <= at and (ends is None or at < ends):
                if ends is None:
                    return None
                at = ends
        return at if at < interval[1] else None

    def _absent(self, at: datetime) -> bool:
        return any(starts <= at and (ends is None or at < ends) for starts, ends in self.absences)

    def _intervals(self, day: date) -> Iterator[Interval]:
        yield from (extra for extra in self.extras if london_date(extra[0]) <= day <= london_date(extra[1]))
        if not self.pattern:
            yield from (hours for calendar in self.calendars if (hours := calendar.on(day)))
        elif not self.calendars or any(day not in calendar.closed for calendar in self.calendars):
            yield from (interval for hours in self.pattern if (interval := hours.on(day)))


def pattern_of(shifts: Sequence[tuple[int, int, int]]) -> WorkingPattern:
    """Lines of (weekday, from, until) as working hours: one for each line, since a day may have two shifts."""
    return tuple(WorkingHours({weekday: (starts, ends)}) for weekday, starts, ends in shifts)
