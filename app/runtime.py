"""The domain, wired: settings, clock, database and the event bus with every room's subscribers. No HTML in sight.

The web application, the worker and the command line each start from one of these.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from app.config import Settings
from app.customers import subscribers as customers
from app.customers.stakes import Stakes
from app.enquiries import subscribers as enquiries
from app.handoffs import subscribers as handoffs
from app.kernel.clock import Clock, SystemClock
from app.kernel.crypto import Sealer
from app.kernel.db import Database
from app.kernel.events import Bus
from app.notifications import subscribers as notifications
from app.notifications.letterhead import Letterhead
from app.routing import subscribers as routing
from app.sla import subscribers as sla

ROOMS_THAT_LISTEN = (notifications, customers, enquiries, routing, sla, handoffs)


@dataclass(frozen=True)
class Runtime:
    """What every front door needs to do its work."""

    settings: Settings
    database: Database
    clock: Clock = field(default_factory=SystemClock)

    @property
    def sealer(self) -> Sealer:
        return Sealer(self.settings.secret_key)


OpenRuntime = Callable[[], AbstractContextManager[Runtime]]  # what a command is given: opens the house for its time


def build_bus(settings: Settings) -> Bus:
    """A bus with what services find by type, and every room's subscribers in the order of the house from the bottom up."""
    bus = Bus()
    bus.provide(Sealer(settings.secret_key), Letterhead.of(settings), Stakes())
    for room in ROOMS_THAT_LISTEN:
        room.register(bus)
    return bus


def build_runtime(settings: Settings, clock: Clock | None = None) -> Runtime:
    """Wire the house for these settings. Opens no connection until one is needed."""
    return Runtime(settings, Database(settings.sqlalchemy_url, build_bus(settings)), clock or SystemClock())
