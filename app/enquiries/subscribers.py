"""Enquiries hear from the rooms below: a message that will not arrive, a member of staff who is gone."""

from sqlalchemy.orm import Session

from app.accounts.events import AccountSuspended
from app.enquiries import services
from app.kernel.events import Bus
from app.notifications import queries as notifications
from app.notifications.events import NotificationFailed


def register(bus: Bus) -> None:
    bus.on(NotificationFailed, not_reached)
    bus.on(AccountSuspended, owner_gone)


def not_reached(session: Session, event: NotificationFailed) -> None:
    """Only what was about an enquiry is an enquiry's business."""
    message = notifications.message(session, event.message_id)
    if event.about is None or event.about[0] != "enquiry" or message is None:
        return
    services.customer_not_reached(session, event.about[1], address=message.to_address, now=event.at)


def owner_gone(session: Session, event: AccountSuspended) -> None:
    services.release_all_of(session, event.account_id, now=event.at)
