"""When a source is fetched again, and whether it keeps what was promised. Pure."""

from datetime import datetime, time, timedelta

from app.customers.enums import Freshness
from app.kernel.clock import LONDON

DAY = 24 * 60


def next_refresh(now: datetime, minutes: int | None, at: str | None) -> datetime | None:
    """The next time after now: after so many minutes, or, with a time of day, on the day that is so many whole days ahead."""
    if minutes is None:
        return None
    if not at:
        return now + timedelta(minutes=minutes)
    local = now.astimezone(LONDON)
    wanted = datetime.combine(local.date(), time.fromisoformat(at), LONDON)
    step = timedelta(days=max(1, minutes // DAY))
    return (wanted if wanted > local and step == timedelta(days=1) else wanted + step).astimezone(now.tzinfo)


def freshness(now: datetime, last: datetime | None, hours: int | None) -> Freshness:
    """Whether the records are as fresh as was promised; a source that never loaded has not kept its promise."""
    if hours is None:
        return Freshness.NO_PROMISE
    return Freshness.KEPT if last and now - last <= timedelta(hours=hours) else Freshness.MISSED
