"""The outbox is emptied every second."""

from datetime import timedelta
from typing import Protocol

from app.config import Settings
from app.kernel.clock import Clock
from app.kernel.db import Database
from app.kernel.i18n import N_
from app.kernel.jobs import Job
from app.notifications.channels.email import EmailChannel
from app.notifications.delivery import Delivered, deliver_due

BATCHES = 20
SIZE = 50


class House(Protocol):
    """What the job needs of the Runtime, which stands above this room."""

    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...


def deliver(house: House) -> str:
    """Send what is due by e-mail, batch after batch for a while; says how it went, or nothing if nothing was due."""
    channel, done = EmailChannel(house.settings), Delivered()
    for _ in range(BATCHES):
        batch = deliver_due(house.database, channel, house.clock, SIZE)
        done += batch
        if batch.sent < SIZE:
            break
    return str(done) if done != Delivered() else ""


JOBS = (
    Job("notifications.deliver", N_("Send the messages that are due"), timedelta(seconds=1), deliver, everywhere=True),
)
