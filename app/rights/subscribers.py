"""The room hears what sources send, and says what of its own hangs on a customer."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from app.customers.events import SourceLoaded
from app.customers.rows import Stake
from app.customers.stakes import Stakes
from app.kernel.events import Bus
from app.rights import queries, services


def register(bus: Bus) -> None:
    bus.provided(Stakes).add(at_stake)
    bus.on(SourceLoaded, services.look_at_load)


def at_stake(session: Session, records: Collection[UUID], accounts: Collection[UUID]) -> Iterable[Stake]:
    return queries.at_stake(session, records, accounts)
