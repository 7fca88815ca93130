"""The domain, wired: settings, clock, database and the event bus with every room's subscribers. No HTML in sight.

The web application, the worker and the command line each start from one of these.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from app.accounts import personal as accounts_data
from app.audit import personal as audit_data
from app.bookings import personal as bookings_data
from app.bookings import subscribers as bookings
from app.config import Settings
from app.customers import personal as customers_data
from app.customers import subscribers as customers
from app.customers.guardian import Guardian
from app.customers.stakes import Stakes
from app.enquiries import personal as enquiries_data
from app.enquiries import subscribers as enquiries
from app.handoffs import personal as handoffs_data
from app.handoffs import subscribers as handoffs
from app.kernel.clock import Clock, SystemClock
from app.kernel.crypto import KeyedHash, Sealer
from app.kernel.db import Database
from app.kernel.events import Bus
from app.kernel.personal import PersonalData
from app.notifications import personal as notifications_data
from app.notifications import subscribers as notifications
from app.notifications.gates import Gates
from app.notifications.letterhead import Letterhead
from app.organisation import personal as organisation_data
from app.oversight import personal as oversight_data
from app.rights import personal as rights_data
from app.rights import subscribers as rights
from app.routing import personal as routing_data
from app.routing import subscribers as routing
from app.sla import personal as sla_data
from app.sla import subscribers as sla
from app.subscriptions import personal as subscriptions_data
from app.subscriptions import subscribers as subscriptions

ROOMS_THAT_LISTEN = (notifications, customers, enquiries, routing, sla, handoffs, bookings, subscriptions, rights)

ROOMS_WITH_DATA = (
    audit_data, accounts_data, notifications_data, organisation_data, customers_data, enquiries_data, sla_data, routing_data,
    handoffs_data, bookings_data, subscriptions_data, oversight_data, rights_data,
)  # fmt: skip
"""From the bottom up; who erases goes the other way round."""


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
    bus.provide(Guardian(settings.restricted_guardian))
    bus.provide(Sealer(settings.secret_key), KeyedHash(settings.secret_key), Letterhead.of(settings), Stakes(), Gates())
    bus.provide(PersonalData(*(room.ROOM for room in ROOMS_WITH_DATA)))
    for room in ROOMS_THAT_LISTEN:
        room.register(bus)
    return bus


def build_runtime(settings: Settings, clock: Clock | None = None) -> Runtime:
    """Wire the house for these settings. Opens no connection until one is needed."""
    return Runtime(settings, Database(settings.sqlalchemy_url, build_bus(settings)), clock or SystemClock())
