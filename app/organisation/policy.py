"""Working time: pure sums over opening hours and bank holidays, in London's time, right also in the nights when the clocks change."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import cast

import holidays as bank_holiday_lists

from app.kernel.clock import LONDON, as_utc
from app.kernel.errors import Invalid
from app.kernel.i18n import N_

MONITORING_QUEUE = "monitoring-desk"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = "24:00"
REGIONS = {"ENG": N_("England"), "WLS": N_("Wales"), "SCT": N_("Scotland"), "NIR": N_("Northern Ireland")}
FURTHEST = 366 * 30

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Opening and closing time per weekday (Monday is 0), as minutes after midnight; a day that is missing is closed."""

    days: Mapping[int, tuple[int, int]]

    def __post_init__(self) -> None:
        if not self.days:
            raise Invalid({"hours": N_("Give the opening hours of at least one day")})
        if any(not 0 <= opens < closes <= 24 * 60 for opens, closes in self.days.values()):
            raise Invalid({"hours": N_("Opening time must be before closing time")})

    @classmethod
    def parse(cls, written: Mapping[str, Sequence[str]]) -> "WorkingHours":
        """From `{"mon": ["09:00", "17:00"]}`; "24:00" is the end of the day."""
        try:
            return cls(
                {WEEKDAYS.index(day): (_minutes(hours[0]), _minutes(hours[1])) for day, hours in written.items()}
            )
        except (ValueError, IndexError) as error:
            raise Invalid({"hours": N_("Write opening hours like 09:00")}) from error

    def to_json(self) -> dict[str, list[str]]:
        return {
            WEEKDAYS[day]: [_written(opens), _written(closes)] for day, (opens, closes) in sorted(self.days.items())
        }

    def on(self, day: date) -> Interval | None:
        """The instants between which this calendar day is worked, in UTC; None when closed."""
        hours = self.days.get(day.weekday())
        if hours is None:
            return None
        opens, closes = _instant(day, hours[0]), _instant(day, hours[1])
        return (opens, closes) if opens < closes else None


STANDARD_HOURS = WorkingHours(dict.fromkeys(range(5), (9 * 60, 17 * 60)))


@cache
def bank_holidays(region: str = "ENG") -> Container[date]:
    """Public holidays of a part of the United Kingdom, for every year that is asked about."""
    return cast(Container[date], bank_holiday_lists.country_holidays("GB", subdiv=region))


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """The days on which a unit is closed: the bank holidays of its region, and days of its own."""

    region: str
    days: frozenset[date] = frozenset()

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and (day in self.days or day in bank_holidays(self.region))


def bank_holidays_in(region: str, year: int) -> tuple[tuple[date, str], ...]:
    """Day and name of each bank holiday of a year, in order."""
    named = bank_holiday_lists.country_holidays("GB", subdiv=region, years=year)
    return tuple(sorted((day, str(name)) for day, name in named.items()))


def add_working_days(start: datetime, days: int, hours: WorkingHours, holidays: Container[date]) -> datetime:
    """Closing time of the n-th working day after the one on which `start` counts: after hours, that is the next one."""
    worked = _worked(start, hours, holidays)
    for _ in range(days):
        next(worked)
    return next(worked)[1]


def add_working_time(start: datetime, amount: timedelta, hours: WorkingHours, holidays: Container[date]) -> datetime:
    """The instant at which that much working time has passed since `start`."""
    left = amount
    for opens, closes in _worked(start, hours, holidays):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    raise AssertionError("working days never run out")


def working_time_between(start: datetime, end: datetime, hours: WorkingHours, holidays: Container[date]) -> timedelta:
    """How much working time lies between two instants; nothing if they are the wrong way round."""
    total = timedelta()
    if end <= start:
        return total
    for opens, closes in _worked(start, hours, holidays):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total


def _worked(start: datetime, hours: WorkingHours, holidays: Container[date]) -> Iterator[Interval]:
    """What is left of the day of `start`, then each following working day."""
    start = as_utc(start)
    day = start.astimezone(LONDON).date()
    for _ in range(FURTHEST):
        interval = None if day in holidays else hours.on(day)
        if interval and interval[1] > start:
            yield max(interval[0], start), interval[1]
        day += timedelta(days=1)
    raise Invalid({"hours": N_("There is no working day within thirty years")})


def _instant(day: date, minutes: int) -> datetime:
    if minutes == 24 * 60:
        day, minutes = day + timedelta(days=1), 0
    return datetime.combine(day, time(minutes // 60, minutes % 60), LONDON).astimezone(UTC)


def _minutes(written: str) -> int:
    if written == MIDNIGHT:
        return 24 * 60
    at = time.fromisoformat(written)
    return at.hour * 60 + at.minute


def _written(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
