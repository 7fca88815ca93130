"""Who follows what: for the person, for the advisor before them, for a merge."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.customers import queries as customers
from app.notifications.models import Message
from app.subscriptions.enums import SubscriptionState
from app.subscriptions.models import BulletinRecipient, Subscription, Topic
from app.subscriptions.rows import SubscriptionRow

MOST = 500


def mine(session: Session, account_id: UUID) -> tuple[SubscriptionRow, ...]:
    """What the holder of an account follows: filed under it, or under a record that they have shown to be theirs."""
    granted = customers.granted_source_records(session, account_id)
    return active_for(session, granted, [account_id])


def active_for(session: Session, records: Collection[UUID], accounts: Collection[UUID]) -> tuple[SubscriptionRow, ...]:
    """The active ones filed under these records or accounts, by topic."""
    query = _rows().where(filed_under(records, accounts), Subscription.state == SubscriptionState.ACTIVE)
    return _read(session, query.order_by(Topic.slug, Subscription.since, Subscription.id))


def ended_for(session: Session, records: Collection[UUID], accounts: Collection[UUID]) -> tuple[SubscriptionRow, ...]:
    """The ended ones, the latest first."""
    query = _rows().where(filed_under(records, accounts), Subscription.state == SubscriptionState.ENDED)
    return _read(session, query.order_by(Subscription.ended_at.desc(), Subscription.id))


def subscription(session: Session, subscription_id: UUID) -> SubscriptionRow | None:
    """One, whoever asks: callers have shown that they may. None if it is not kept any more."""
    return next(iter(_read(session, _rows().where(Subscription.id == subscription_id))), None)


def filed_under(records: Collection[UUID], accounts: Collection[UUID]) -> ColumnElement[bool]:
    return or_(Subscription.source_record_id.in_(records), Subscription.account_id.in_(accounts))


def how_many(session: Session, records: Collection[UUID], accounts: Collection[UUID]) -> int:
    active = Subscription.state == SubscriptionState.ACTIVE
    query = select(func.count()).select_from(Subscription).where(filed_under(records, accounts), active)
    return session.scalar(query) or 0


def messages_by_record(records: Collection[UUID]) -> Select[UUID]:
    """What the messages of bulletins are about that went to these records, and to no account."""
    return (
        select(BulletinRecipient.id)
        .join(Subscription, Subscription.id == BulletinRecipient.subscription_id)
        .join(Message, Message.id == BulletinRecipient.message_id)
        .where(Subscription.source_record_id.in_(records), Message.account_id.is_(None))
    )


def _rows() -> Select[Subscription, Topic]:
    return select(Subscription, Topic).join(Topic, Topic.id == Subscription.topic_id).limit(MOST)


def _read(session: Session, query: Select[Subscription, Topic]) -> tuple[SubscriptionRow, ...]:
    return tuple(_row(one, topic) for one, topic in session.execute(query))


def _row(one: Subscription, topic: Topic) -> SubscriptionRow:
    return SubscriptionRow(
        one.id, topic.id, topic.slug, topic.texts, one.channel, one.area, one.state, one.since, one.agreed, one.proof,
        one.advisor_name, one.ended_at, one.ended_how, one.ended_by_name, one.account_id, one.source_record_id,
    )  # fmt: skip
