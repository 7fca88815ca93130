"""When a message that could not be sent is tried again, and when it is given up."""

from datetime import datetime, timedelta

BACKOFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=4),
)
GIVE_UP_AFTER = timedelta(days=3)


def next_attempt(attempts: int, *, due_at: datetime, now: datetime) -> datetime | None:
    """When to try again after this many tries; None once the message has been due for three days."""
    if now - due_at >= GIVE_UP_AFTER:
        return None
    return now + BACKOFF[min(max(attempts, 1), len(BACKOFF)) - 1]
