"""Watching the acceptance clock."""

from datetime import timedelta
from typing import Any

from app.handoffs.services import expire_due
from app.kernel.i18n import N_
from app.kernel.jobs import Job

BATCH = 100


def expire(runtime: Any) -> str:
    """Give offers that nobody answered in time back to their senders."""
    expired = 0
    while True:
        with runtime.database.transaction() as session:
            count = expire_due(session, now=runtime.clock.now(), batch=BATCH)
        expired += count
        if count < BATCH:
            return f"{expired} not answered in time" if expired else ""


JOBS = (Job("handoffs.expire", N_("Give back handoffs that nobody answered in time"), timedelta(minutes=1), expire),)
