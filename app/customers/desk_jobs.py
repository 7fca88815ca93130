"""What a worker does for the stewards' desk: stakes, weak bridges, the weekly sample."""

from datetime import timedelta
from typing import Any

from app.customers.services.sampling import draw_when_due
from app.customers.services.staking import weigh_stakes
from app.customers.services.suspecting import look_for_weak_bridges
from app.kernel.i18n import N_
from app.kernel.jobs import Job

_ROUNDS = 40


def weigh(runtime: Any) -> str:
    """Look up what hangs on possible matches, a few hundred a transaction."""
    return _in_rounds(runtime, weigh_stakes, "possible matches looked at")


def look_for_bridges(runtime: Any) -> str:
    """Look at customers that have changed, some hundreds a transaction."""
    return _in_rounds(runtime, look_for_weak_bridges, "customers looked at")


def sample(runtime: Any) -> str:
    """Draw a sample if it is time for one."""
    with runtime.database.transaction() as session:
        drawn = draw_when_due(session, now=runtime.clock.now())
    return f"{drawn} pairs drawn" if drawn else ""


def _in_rounds(runtime: Any, work: Any, told: str) -> str:
    done = 0
    for _ in range(_ROUNDS):
        with runtime.database.transaction() as session:
            some = work(session, now=runtime.clock.now())
        done += some
        if not some:
            break
    return f"{done} {told}" if done else ""


DESK_JOBS = (
    Job("customers.stakes", N_("Look up what hangs on possible matches"), timedelta(minutes=1), weigh),
    Job(
        "customers.bridges",
        N_("Look for customers that may be several people"),
        timedelta(minutes=10),
        look_for_bridges,
    ),
    Job("customers.sample", N_("Draw the sample by which the matching is measured"), timedelta(hours=6), sample),
)
