"""Office hours and bank holidays of England by rule, so that the story knows when people ring and when rounds slip."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
OPENS, CLOSES = time(8, 30), time(17, 30)
_SATURDAY: Final = 5


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[date]:
    """The eight regular ones; a weekend's is taken on the next working day. One-off holidays are left out."""
    easter = _easter(year)
    fixed = [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)]
    days = {
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        _monday(year, 5, 1),
        _monday(year, 5, 25),
        _monday(year, 8, 25),
    }
    for day in fixed:
        observed = day
        while observed.weekday() >= _SATURDAY or observed in days:
            observed += timedelta(days=1)
        days.add(observed)
    return frozenset(days)


def _monday(year: int, month: int, earliest: int) -> date:
    day = date(year, month, earliest)
    return day + timedelta(days=-day.weekday() % 7)


def _easter(year: int) -> date:
    """Gauss's rule as Meeus and Jones wrote it down for the Gregorian calendar."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * ell) // 433
    month = (h + ell - 7 * m + 90) // 25
    return date(year, month, (h + ell - 7 * m + 33 * month + 19) % 32)


def is_working(day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in bank_holidays(day.year)


def working_day(day: date) -> date:
    """The day itself or the next one on which the office is open."""
    while not is_working(day):
        day += timedelta(days=1)
    return day


def at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, LONDON).astimezone(UTC)


def office_moment(day: date, random: Random) -> datetime:
    """A time of a working day, busiest before noon."""
    minutes = min(int(random.triangular(0, 530, 130)), 529)
    return at(working_day(day), OPENS) + timedelta(minutes=minutes, seconds=random.randrange(60))


def add_hours(start: datetime, hours: float) -> datetime:
    """Office hours onward; work begun out of hours starts when the office opens."""
    left = timedelta(seconds=round(hours * 3600))
    local = start.astimezone(LONDON)
    day = local.date()
    while True:
        if is_working(day):
            begins, ends = max(at(day, OPENS), start), at(day, CLOSES)
            if begins < ends and left <= ends - begins:
                return begins + left
            left -= max(ends - begins, timedelta())
        day += timedelta(days=1)


def add_days(start: datetime, days: float) -> datetime:
    """Working days of nine office hours each."""
    return add_hours(start, days * 9.0)
