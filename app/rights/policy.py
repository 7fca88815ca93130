"""What the law says of time: a calendar month to answer, two more for a reason; and what a source's records say to a correction. Pure."""

from calendar import monthrange
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.kernel.clock import LONDON, as_utc
from app.kernel.personal import folded

MONTHS = 1
"""UK GDPR article 12(3): within one month of the request."""
LONGEST = 3
"""Extended by two further months at most, where that is needed for complexity or number."""
PACKAGE_LASTS = timedelta(days=30)
SOURCE_ANSWERS = timedelta(days=14)
WATCHED_FOR = timedelta(days=365)
"""So long after it was told a source is watched: whether it sends the right value, and whether it goes back to the old one."""
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


class Sent(StrEnum):
    """What a source sends of a value that it was told to put right."""

    RIGHT = "right"
    OLD = "old"
    OTHER = "other"


def sent(now_says: str, said: str, should_say: str) -> Sent:
    """However it is written: small letters or capitals, with or without blanks, +44 or 0."""
    if folded(now_says) == folded(should_say):
        return Sent.RIGHT
    return Sent.OLD if folded(now_says) == folded(said) else Sent.OTHER


GIVEN_UP = timedelta(minutes=10)
"""A worker that has been at a copy for so long is gone."""
