"""When a clock is due, when it warns, and how far a pause moves it. Pure sums over working time."""

from collections.abc import Container
from datetime import date, datetime

from app.organisation.policy import WorkingHours, add_working_time, working_time_between

WARN_AT = 0.75


def warn_at(start: datetime, due: datetime, hours: WorkingHours, holidays: Container[date]) -> datetime:
    """When three quarters of the working time to the due date have passed."""
    whole = working_time_between(start, due, hours, holidays)
    return min(add_working_time(start, whole * WARN_AT, hours, holidays), due)


def after_pause(
    due: datetime, paused: datetime, resumed: datetime, hours: WorkingHours, holidays: Container[date]
) -> datetime:
    """The due date, later by the working time of the pause."""
    lost = working_time_between(paused, resumed, hours, holidays)
    return add_working_time(due, lost, hours, holidays) if lost else due
