"""Enquiries hear from the rooms below: a message that will not arrive, a member of staff who is gone."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.events import AccountSuspended
from app.customers.events import RecordsErased
from app.customers.rows import Stake
from app.customers.stakes import Stakes
from app.enquiries import queries, services
from app.enquiries.enums import State
from app.kernel.events import Bus
from app.kernel.i18n import N_
from app.notifications import queries as notifications
from app.notifications.events import NotificationFailed
from app.organisation.events import MemberLeft

_MOST = 1000
"""Beyond this, nobody counts."""
_LISTED = 5
"""So many of the open ones are named."""


def register(bus: Bus) -> None:
    bus.provided(Stakes).add(at_stake)
    bus.on(NotificationFailed, not_reached)
    bus.on(AccountSuspended, owner_gone)
    bus.on(MemberLeft, reader_gone)
    bus.on(RecordsErased, let_go_of_records)


def not_reached(session: Session, event: NotificationFailed) -> None:
    """Only what was about an enquiry is an enquiry's business."""
    message = notifications.message(session, event.message_id)
    if event.about is None or event.about[0] != "enquiry" or message is None:
        return
    services.customer_not_reached(session, event.about[1], address=message.to_address, now=event.at)


def owner_gone(session: Session, event: AccountSuspended) -> None:
    """What they had goes back to a queue, and no queue is left with things in it that nobody reads."""
    services.release_all_of(session, event.account_id, now=event.at)
    services.rescue_unread(session, now=event.at)


def reader_gone(session: Session, event: MemberLeft) -> None:
    services.rescue_unread(session, now=event.at)


def let_go_of_records(session: Session, event: RecordsErased) -> None:
    """An enquiry or contact goes on without the source record that is erased."""
    services.let_go_of_records(session, event.record_ids)


def at_stake(session: Session, records: Collection[UUID], accounts: Collection[UUID]) -> Iterable[Stake]:
    """What of ours goes with a customer: it is filed against these source records and accounts, and follows them."""
    mine = queries.open_for(session, source_record_ids=records, account_ids=accounts)
    lines = tuple((str(row.reference), row.service_name or "") for row in mine[:_LISTED])
    yield Stake(N_("Open enquiries"), len(mine), lines)
    yield Stake(N_("Enquiries with a visit or work booked on a day"), sum(row.state is State.SCHEDULED for row in mine))
    past = queries.timeline_for(session, source_record_ids=records, account_ids=accounts, limit=_MOST)
    yield Stake(N_("Contacts and enquiries in all"), len(past))
    about = ("enquiry", queries.filed_for(records, accounts))
    yield Stake(N_("Messages on their way"), notifications.on_their_way(session, accounts, about))
