"""What enquiries want done regularly."""

from datetime import timedelta
from typing import Any

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


JOBS = (
    Job(
        "enquiries.close_resolved",
        N_("Close enquiries that were resolved some days ago"),
        timedelta(hours=1),
        close_due,
    ),
)
