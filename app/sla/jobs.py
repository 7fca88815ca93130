"""Watching the clocks."""

from datetime import timedelta
from typing import Any

from app.kernel.i18n import N_
from app.kernel.jobs import Job
from app.sla import queries, services


def tick(runtime: Any) -> str:
    """Warn of clocks that are about to run out, and note those that have."""
    warned = breached = 0
    while True:
        with runtime.database.transaction() as session:
            some_warned, some_breached = services.check_due(session, now=runtime.clock.now())
        warned, breached = warned + some_warned, breached + some_breached
        if max(some_warned, some_breached) < services.BATCH:
            return f"warned of {warned}, {breached} breached" if warned or breached else ""


def silence(runtime: Any) -> str:
    """Count the customers who have waited too long for a word from a person, and those who soon will have."""
    now = runtime.clock.now()
    with runtime.database.reading() as session:
        late = len(queries.about_to_be_silent(session, now=now, within=timedelta()))
        soon = len(queries.about_to_be_silent(session, now=now, within=timedelta(days=1))) - late
    return f"{late} have waited too long, {soon} will have by tomorrow" if late or soon else ""


JOBS = (
    Job("sla.tick", N_("Warn before deadlines and note those that passed"), timedelta(minutes=1), tick),
    Job("sla.silence", N_("Count customers who have not heard from us in time"), timedelta(hours=1), silence),
)
