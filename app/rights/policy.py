"""What the law says of time: a calendar month to answer, two more for a reason. Pure."""

from calendar import monthrange
from datetime import datetime, time, timedelta

from app.kernel.clock import LONDON, as_utc

MONTHS = 1
"""UK GDPR article 12(3): within one month of the request."""
LONGEST = 3
"""Extended by two further months at most, where that is needed for complexity or number."""
PACKAGE_LASTS = timedelta(days=30)
SOURCE_ANSWERS = timedelta(days=14)
REMIND_EVERY = timedelta(days=7)
MOST_REMINDERS = 4


def months_after(moment: datetime, months: int) -> datetime:
    """The end of the corresponding day so many months on, in London; the month's last day where there is none (31 January → 28 February)."""
    here = as_utc(moment).astimezone(LONDON)
    year, month = divmod(here.year * 12 + here.month - 1 + months, 12)
    day = min(here.day, monthrange(year, month + 1)[1])
    return as_utc(datetime.combine(here.date().replace(year=year, month=month + 1, day=day), time(23, 59, 59), LONDON))


def months_before(moment: datetime, months: int) -> datetime:
    """The instant so many months ago."""
    here = as_utc(moment)
    year, month = divmod(here.year * 12 + here.month - 1 - months, 12)
    return here.replace(year=year, month=month + 1, day=min(here.day, monthrange(year, month + 1)[1]))


GIVEN_UP = timedelta(minutes=10)
"""A worker that has been at a copy for so long is gone."""
