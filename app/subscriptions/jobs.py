"""Bulletins are written into the outbox a batch at a time, so that a long one holds nothing up for long."""

from datetime import timedelta
from typing import Protocol

from app.kernel.clock import Clock
from app.kernel.db import Database
from app.kernel.i18n import N_
from app.kernel.jobs import Job
from app.subscriptions import services

BATCH = 200
BATCHES = 10


class House(Protocol):
    """What the job needs of the Runtime, which stands above this room."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...


def send_bulletins(house: House) -> str:
    """Some batches of whatever is being sent; says how many messages, or nothing if there were none."""
    written = 0
    for _ in range(BATCHES):
        with house.database.transaction() as session:
            waiting = services.next_to_send(session)
            if waiting is None:
                break
            written += services.send_batch(session, waiting, most=BATCH, now=house.clock.now())
    return f"{written} messages" if written else ""


JOBS = (
    Job(
        "subscriptions.send",
        N_("Write the messages of bulletins that are being sent"),
        timedelta(seconds=5),
        send_bulletins,
    ),
)
