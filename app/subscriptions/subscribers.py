"""The room answers for its messages before they leave, says what of it hangs on a customer, and lets go of what is erased."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from app.customers.events import RecordsErased
from app.customers.rows import Stake
from app.customers.stakes import Stakes
from app.kernel.events import Bus
from app.kernel.i18n import N_
from app.notifications import queries as notifications
from app.notifications.gates import Gates
from app.subscriptions import queries, services
from app.subscriptions.services.sending import ABOUT

_LISTED = 5
"""So many are named."""


def register(bus: Bus) -> None:
    bus.provided(Stakes).add(at_stake)
    bus.provided(Gates).add(ABOUT, services.may_go)
    bus.on(RecordsErased, let_go_of_records)


def at_stake(session: Session, records: Collection[UUID], accounts: Collection[UUID]) -> Iterable[Stake]:
    """What they follow, and the bulletins on their way to those without an account (the others are counted with its messages)."""
    rows = queries.active_for(session, records, accounts)
    lines = tuple((row.topic_name, row.channel_label) for row in rows[:_LISTED])
    yield Stake(N_("Subscriptions"), queries.how_many(session, records, accounts), lines)
    about = (ABOUT, queries.messages_by_record(records))
    yield Stake(N_("Bulletins on their way by a record’s address"), notifications.on_their_way(session, [], about))


def let_go_of_records(session: Session, event: RecordsErased) -> None:
    services.let_go_of_records(session, event.record_ids)
