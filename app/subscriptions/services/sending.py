"""Writing a bulletin's messages into the outbox, batch by batch. Who has had it is read anew each time: a kill costs one batch."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.customers import queries as customers
from app.kernel.ids import new_id
from app.notifications.enums import Template
from app.notifications.services import queue_message
from app.subscriptions.enums import BulletinState, SubscriptionState
from app.subscriptions.models import Bulletin, BulletinRecipient, Subscription, Topic
from app.subscriptions.queries.audience import audience, moved_since, next_recipients
from app.subscriptions.rows import Recipient
from app.subscriptions.services.bulletins import context_of
from app.subscriptions.tokens import stop_path

ABOUT = "bulletin_recipient"


def next_to_send(session: Session) -> UUID | None:
    """The bulletin that has waited longest of those being sent."""
    query = select(Bulletin.id).where(Bulletin.state == BulletinState.SENDING)
    return session.scalars(query.order_by(Bulletin.started_at, Bulletin.id).limit(1)).first()


def send_batch(session: Session, bulletin_id: UUID, *, most: int, now: datetime) -> int:
    """Write the next messages, at most so many; says how many. With none left the bulletin is sent. Does nothing if another has it."""
    held = session.scalars(
        select(Bulletin)
        .where(Bulletin.id == bulletin_id, Bulletin.state == BulletinState.SENDING)
        .with_for_update(skip_locked=True)
    ).first()
    if held is None or held.started_at is None:
        return 0
    topic = session.get_one(Topic, held.topic_id)
    _make_way(session, held)
    found = next_recipients(session, held, until=held.started_at, most=most)
    names = customers.people(session, [row.source_record_id for row in found if row.source_record_id and not row.name])
    for row in found:
        person = names.get(row.source_record_id) if row.source_record_id else None
        _write(session, (held, topic), replace(row, name=row.name or (person.name if person else "")), now)
    if not found:
        held.state, held.ended_at = BulletinState.SENT, now
        held.unreached = sum(count for _, count in audience(session, held).missing)
    session.flush()
    return len(found)


def may_go(session: Session, recipient_id: UUID) -> bool:
    """Asked right before the message leaves: they still follow, nobody stopped the bulletin, and they may still be written to."""
    found = session.execute(
        select(Subscription.state, Subscription.source_record_id, Bulletin.state)
        .join(BulletinRecipient, BulletinRecipient.subscription_id == Subscription.id)
        .join(Bulletin, Bulletin.id == BulletinRecipient.bulletin_id)
        .where(BulletinRecipient.id == recipient_id)
    ).first()
    if found is None:
        return False
    state, record, bulletin = found
    if state is not SubscriptionState.ACTIVE or bulletin is BulletinState.STOPPED:
        return False
    return record is None or not customers.person(session, record).restricted


def _make_way(session: Session, held: Bulletin) -> None:
    """Who was another customer when they had it holds the place of nobody now: after an unmerge the other side gets its own."""
    moved = moved_since(session, held)
    place = update(BulletinRecipient).where(
        BulletinRecipient.bulletin_id == held.id, BulletinRecipient.subscription_id.in_(moved)
    )
    session.execute(
        place.values(customer_key=BulletinRecipient.subscription_id).execution_options(synchronize_session=False)
    )


def _write(session: Session, what: tuple[Bulletin, Topic], row: Recipient, now: datetime) -> None:
    """One message and its recipient. A customer who has had it is refused by the database: the key is unique in a bulletin."""
    (held, topic), recipient = what, new_id()
    session.add(
        BulletinRecipient(
            id=recipient, bulletin_id=held.id, customer_key=row.customer_key, subscription_id=row.subscription_id, at=now
        )
    )  # fmt: skip
    session.flush()
    path = stop_path(session, row.subscription_id)
    message = queue_message(
        session, Template.BULLETIN, to=row.email, locale=row.locale,
        context=context_of(held, topic, row.locale, name=row.name, path=path), about=(ABOUT, recipient),
        account_id=row.account_id, stop_path=path, now=now,
    )  # fmt: skip
    session.get_one(BulletinRecipient, recipient).message_id = message
