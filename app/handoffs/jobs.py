"""Watching the acceptance clock and silent systems, carrying webhooks, and asking back offices how it stands."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.handoffs.open311.carrying import Courier
from app.handoffs.services import expire_due, put_in_order, silence_due
from app.handoffs.webhooks.delivery import Carrier
from app.kernel.i18n import N_
from app.kernel.jobs import Job

BATCH = 100
WHILE = 20.0


def expire(runtime: Any) -> str:
    """Give offers that nobody answered in time back to their senders."""
    expired = _in_batches(runtime, lambda session, now: expire_due(session, now=now, batch=BATCH))
    return f"{expired} not answered in time" if expired else ""


def notice_silence(runtime: Any) -> str:
    """Do what the status maps say where a service's system has been silent for too long."""
    silent = _in_batches(runtime, lambda session, now: silence_due(session, now=now, batch=BATCH))
    return f"{silent} silent for too long" if silent else ""


def carry_webhooks(runtime: Any) -> str:
    """Tell the services' systems what happened; returns when nothing is due, or after a while."""
    return str(Carrier(runtime.database, runtime.clock, runtime.settings).run(WHILE))


def order_feed(runtime: Any) -> str:
    """Give what happened its place in the feed, also while nobody polls."""
    with runtime.database.transaction() as session:
        put_in_order(session)
    return ""


def visit_back_offices(runtime: Any) -> str:
    """Send offers to Open311 back offices, and ask what became of those that they have."""
    return str(Courier(runtime.database, runtime.clock, runtime.settings).run())


def _in_batches(runtime: Any, work: Callable[[Session, datetime], int]) -> int:
    done = 0
    while True:
        with runtime.database.transaction() as session:
            count = work(session, runtime.clock.now())
        done += count
        if count < BATCH:
            return done


JOBS = (
    Job("handoffs.expire", N_("Give back handoffs that nobody answered in time"), timedelta(minutes=1), expire),
    Job(
        "handoffs.silence", N_("Notice services' systems that have gone silent"), timedelta(minutes=15), notice_silence
    ),
    Job(
        "handoffs.webhooks",
        N_("Send webhooks to the services' systems"),
        timedelta(seconds=1),
        carry_webhooks,
        everywhere=True,
    ),
    Job("handoffs.feed", N_("Put what happened to handoffs in order"), timedelta(minutes=1), order_feed),
    Job(
        "handoffs.open311",
        N_("Send to Open311 back offices, and follow their updates"),
        timedelta(minutes=1),
        visit_back_offices,
    ),
)
