"""When somebody counts as away from an enquiry that they have. Pure: no session, no clock."""

from collections.abc import Container
from datetime import date, datetime, timedelta

from app.organisation.policy import WorkingHours, add_working_days, working_time_between

MISSED = timedelta(hours=2)
"""Working time of the unit that may pass without the person while something of theirs is due."""


def is_away(
    *, next_shift: datetime | None, needed_at: datetime, hours: WorkingHours, closed: Container[date], now: datetime
) -> bool:
    """Not because a day is over: because the unit would work on while nobody answers for this.

    Away is who is not there again by the end of the next working day, or who misses more than two working hours of their unit
    in which this enquiry needed somebody.
    """
    if next_shift is None:
        return True
    if next_shift <= now:
        return False
    if next_shift > add_working_days(now, 1, hours, closed):
        return True
    return needed_at < next_shift and working_time_between(now, next_shift, hours, closed) > MISSED
