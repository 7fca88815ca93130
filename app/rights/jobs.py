"""Copies are put together within seconds, sources reminded, leftovers thrown away, and the schedule gone through every night."""

from datetime import timedelta
from typing import Any

from app.kernel.actors import SYSTEM
from app.kernel.i18n import N_
from app.kernel.jobs import Job
from app.rights import services


def make_packages(runtime: Any) -> str:
    done = services.make_waiting(runtime.database, clock=runtime.clock)
    return f"{done} copies put together" if done else ""


def tidy(runtime: Any) -> str:
    """Files that are over go; sources that have not answered are written to again."""
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        over, reminded = services.expire_packages(session, now=now), services.remind(session, SYSTEM, now=now)
        services.sweep_messages(session, SYSTEM, now=now)
    return f"{over} copies thrown away, {reminded} sources reminded" if over or reminded else ""


def retain(runtime: Any) -> str:
    services.run_schedule(runtime.database, SYSTEM, clock=runtime.clock, rehearsal=False)
    return "The schedule was gone through"


JOBS = (
    Job(
        "rights.packages",
        N_("Put together the copies of their data that people have asked for"),
        timedelta(seconds=2),
        make_packages,
    ),
    Job("rights.tidy", N_("Throw away copies that are over, remind sources of corrections"), timedelta(hours=1), tidy),
    Job("rights.retention", N_("Erase what has been kept for its time"), timedelta(days=1), retain),
)
