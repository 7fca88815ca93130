"""Watching the clocks."""

from datetime import timedelta
from typing import Any

from app.kernel.i18n import N_
from app.kernel.jobs import Job
from app.sla import services, signing_off


def tick(runtime: Any) -> str:
    """Warn of clocks that are about to run out, and note those that have."""
    warned = breached = 0
    while True:
        with runtime.database.transaction() as session:
            some_warned, some_breached = services.check_due(session, now=runtime.clock.now())
        warned, breached = warned + some_warned, breached + some_breached
        if max(some_warned, some_breached) < services.BATCH:
            return f"warned of {warned}, {breached} breached" if warned or breached else ""


def close_months(runtime: Any) -> str:
    """Close the month that is over under every agreement, for both parties to sign."""
    with runtime.database.transaction() as session:
        made = signing_off.close_last_month(session, now=runtime.clock.now())
    return f"{made} months closed" if made else ""


JOBS = (
    Job("sla.tick", N_("Warn before deadlines and note those that passed"), timedelta(minutes=1), tick),
    Job("sla.close_months", N_("Close the month under every agreement"), timedelta(hours=6), close_months),
)
