"""Reminding, the day before."""

from datetime import timedelta
from typing import Any

from app.bookings.services import remind_due
from app.kernel.i18n import N_
from app.kernel.jobs import Job

BATCH = 100


def remind(runtime: Any) -> str:
    """Write to everybody who is booked for tomorrow and has not been reminded."""
    done = 0
    while True:
        with runtime.database.transaction() as session:
            count = remind_due(session, now=runtime.clock.now(), batch=BATCH)
        done += count
        if count < BATCH:
            return f"{done} reminded" if done else ""


JOBS = (Job("bookings.remind", N_("Remind customers of tomorrow's bookings"), timedelta(minutes=15), remind),)
