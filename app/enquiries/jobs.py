"""What enquiries want done regularly."""

from datetime import timedelta
from typing import Any

from app.enquiries import services
from app.enquiries.services.ending import close_resolved
from app.kernel.i18n import N_
from app.kernel.jobs import Job

BATCH = 200


def close_due(runtime: Any) -> str:
    """Close what was resolved long enough ago, a batch a transaction."""
    after = timedelta(days=runtime.settings.close_after_days)
    closed = 0
    while True:
        with runtime.database.transaction() as session:
            count = close_resolved(session, after=after, now=runtime.clock.now(), batch=BATCH)
        closed += count
        if count < BATCH:
            return f"closed {closed}" if closed else ""


def silence(runtime: Any) -> str:
    """Warn before a customer is left waiting, hold the limit, and note where it passed, a batch a transaction."""
    warned = missed = held = 0
    while True:
        with runtime.database.transaction() as session:
            some = services.guard_silence(session, now=runtime.clock.now(), batch=BATCH)
        warned, missed, held = warned + some[0], missed + some[1], held + some[2]
        if max(some) < BATCH:
            return f"warned of {warned}, held {held}, {missed} missed" if warned or missed or held else ""


def sweep(runtime: Any) -> str:
    """Forget who is not looking any more, and urgent flags that nobody answered in time."""
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        services.sweep_presence(session, now=now)
        lapsed = services.lapse_requests(session, now=now)
    return f"{lapsed} urgent flags were not answered in time" if lapsed else ""


JOBS = (
    Job("enquiries.silence", N_("Keep customers from being left waiting"), timedelta(minutes=5), silence),
    Job(
        "enquiries.sweep",
        N_("Sweep away who was looking, and urgent flags nobody answered"),
        timedelta(minutes=5),
        sweep,
    ),
    Job(
        "enquiries.close_resolved",
        N_("Close enquiries that were resolved some days ago"),
        timedelta(hours=1),
        close_due,
    ),
)
