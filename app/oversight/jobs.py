"""What the monitoring desk wants done regularly: counting, searching, telling, drawing."""

from datetime import datetime, timedelta
from typing import Any

from app.kernel.clock import london_date
from app.kernel.i18n import N_
from app.kernel.jobs import Job
from app.oversight import queries, services
from app.oversight.enums import Threshold
from app.oversight.searches import everything

REBUILT_AT_ONCE = 10
LOOK_BACK_DAYS = 90


def count_today(runtime: Any) -> str:
    """Today's figures; then a few of the days that nobody counted, the latest first."""
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        services.measure_today(session, now=now)
        missed = queries.missed_days(session, now=now, back=LOOK_BACK_DAYS)[:REBUILT_AT_ONCE]
    rebuilt = 0
    for day in missed:
        with runtime.database.transaction() as session:
            rebuilt += services.rebuild(session, day, now=now)
    return f"put together {rebuilt} days that were not counted" if rebuilt else ""


def search(runtime: Any) -> str:
    """Look for anomalies, and keep what is new."""
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        limits = queries.limits(session)
        new, again = services.keep_findings(session, everything(session, limits, now), now=now)
    return f"found {new}, of which {again} had been dealt with before" if new else ""


def digest(runtime: Any) -> str:
    """This morning's digests."""
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        sent = services.send_digests(session, limits=queries.limits(session), now=now)
    return f"wrote to {sent}" if sent else ""


def draw(runtime: Any) -> str:
    """The quality sample of the week that is over."""
    now: datetime = runtime.clock.now()
    today = london_date(now)
    week = today - timedelta(days=today.weekday() + 7)
    with runtime.database.transaction() as session:
        per_team = queries.limits(session)[Threshold.SAMPLE_PER_TEAM]
        drawn = services.draw_sample(session, week, per_team=per_team, now=now)
    return f"drew {drawn}" if drawn else ""


JOBS = (
    Job("oversight.count", N_("Count what is open today, for the trend and the custody figure"), timedelta(hours=1), count_today),
    Job("oversight.search", N_("Look for what is not as it should be"), timedelta(minutes=15), search),
    Job("oversight.digest", N_("Write to each owner what needs them today"), timedelta(minutes=15), digest),
    Job("oversight.sample", N_("Draw finished enquiries for a look at their quality"), timedelta(hours=6), draw),
)  # fmt: skip
