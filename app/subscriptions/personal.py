"""What people follow, how they agreed to it, and which bulletins went to them."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.kernel.i18n import N_
from app.kernel.personal import OURS, STAFF, Assessed, Held, Holding, Retention, Room, Row, Subject, Thing
from app.notifications.models import Message
from app.subscriptions.models import Bulletin, BulletinRecipient, Subscription, Topic
from app.subscriptions.policy import text_in
from app.subscriptions.queries.following import filed_under
from app.subscriptions.services.sending import ABOUT

AT_ONCE = 500


def export_subscriptions(session: Session, subject: Subject) -> Iterator[Row]:
    """Each with the consent that it stands on."""
    query = select(Subscription, Topic).join(Topic, Topic.id == Subscription.topic_id).where(_theirs(subject))
    ordered = query.order_by(Subscription.since, Subscription.id)
    for one, topic in session.execute(ordered.execution_options(yield_per=AT_ONCE)):
        yield {
            "at": one.since.isoformat(), "topic": text_in(topic.texts, "en").short, "channel": one.channel.value, "area": one.area,
            "agreed": one.agreed.value, "proof": subject.masked(one.proof),
            "ended_at": one.ended_at.isoformat() if one.ended_at else None,
            "ended_how": one.ended_how.value if one.ended_how else None,
        }  # fmt: skip


def assess_subscriptions(session: Session, subject: Subject) -> Assessed:
    return Assessed(session.scalar(select(func.count()).select_from(Subscription).where(_theirs(subject))) or 0)


def erase_subscriptions(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    return _delete(session, list(session.scalars(select(Subscription.id).where(_theirs(subject)))))


def count_old(session: Session, before: datetime, held: Held) -> int:
    return session.scalar(select(func.count()).select_from(Subscription).where(_old(before, held))) or 0


def expire_old(session: Session, before: datetime, held: Held, most: int, _now: datetime) -> int:
    return _delete(session, list(session.scalars(select(Subscription.id).where(_old(before, held)).limit(most))))


def export_bulletins(session: Session, subject: Subject) -> Iterator[Row]:
    """Which went to them, when, and whether it arrived; the words are among the messages."""
    query = (
        select(BulletinRecipient.at, Bulletin.texts, Topic.texts, Message.status)
        .join(Bulletin, Bulletin.id == BulletinRecipient.bulletin_id)
        .join(Topic, Topic.id == Bulletin.topic_id)
        .outerjoin(Message, Message.id == BulletinRecipient.message_id)
        .where(BulletinRecipient.subscription_id.in_(_ids(subject)))
        .order_by(BulletinRecipient.at, BulletinRecipient.id)
    )
    for at, said, topic, status in session.execute(query.execution_options(yield_per=AT_ONCE)):
        yield {
            "at": at.isoformat(), "topic": text_in(topic, "en").short, "subject": text_in(said, "en").short,
            "status": status.value if status else "not sent",
        }  # fmt: skip


def assess_bulletins(session: Session, subject: Subject) -> Assessed:
    query = select(func.count()).select_from(BulletinRecipient)
    return Assessed(session.scalar(query.where(BulletinRecipient.subscription_id.in_(_ids(subject)))) or 0)


def erase_bulletins(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    """That one was sent stays, for the count; to whom goes."""
    return _forget(session, BulletinRecipient.subscription_id.in_(_ids(subject)))


def count_old_bulletins(session: Session, before: datetime, held: Held) -> int:
    query = select(func.count()).select_from(BulletinRecipient)
    return session.scalar(query.where(_old_bulletin(before, held))) or 0


def expire_old_bulletins(session: Session, before: datetime, held: Held, most: int, _now: datetime) -> int:
    ids = list(session.scalars(select(BulletinRecipient.id).where(_old_bulletin(before, held)).limit(most)))
    return _forget(session, BulletinRecipient.id.in_(ids))


def things(session: Session, subject: Subject) -> Iterator[Thing]:
    """What messages of bulletins to them are about."""
    query = select(BulletinRecipient.id).where(BulletinRecipient.subscription_id.in_(_ids(subject)))
    for found in session.scalars(query.order_by(BulletinRecipient.id)):
        yield Thing(ABOUT, found)


def _theirs(subject: Subject) -> ColumnElement[bool]:
    return filed_under(subject.records, subject.accounts)


def _ids(subject: Subject) -> ColumnElement[UUID]:
    return select(Subscription.id).where(_theirs(subject)).scalar_subquery()


def _old(before: datetime, held: Held) -> ColumnElement[bool]:
    return (Subscription.ended_at < before) & ~_kept(held)


def _old_bulletin(before: datetime, held: Held) -> ColumnElement[bool]:
    of_held = select(Subscription.id).where(_kept(held))
    told = BulletinRecipient.subscription_id.is_not(None) & BulletinRecipient.subscription_id.not_in(of_held)
    return (BulletinRecipient.at < before) & told


def _kept(held: Held) -> ColumnElement[bool]:
    return func.coalesce(filed_under(held.records, held.accounts), False)


def _delete(session: Session, ids: list[UUID]) -> int:
    _forget(session, BulletinRecipient.subscription_id.in_(ids))
    session.execute(delete(Subscription).where(Subscription.id.in_(ids)))
    session.expire_all()
    return len(ids)


def _forget(session: Session, which: ColumnElement[bool]) -> int:
    blank = {"customer_key": None, "subscription_id": None}
    done = update(BulletinRecipient).where(which).values(**blank).returning(BulletinRecipient.id)
    return len(session.scalars(done.execution_options(synchronize_session=False)).all())


_WHY = N_("To send you what you asked for, and to show that you had")
ROOM = Room(
    "subscriptions",
    (
        Holding(
            "subscriptions", N_("Updates that you follow, or followed"), ("subscription.area", "subscription.proof"),
            Retention(
                24, N_("you stopped"), N_("deleted"), N_("Long enough to show that you had agreed"), count_old, expire_old
            ),
            _WHY, export=export_subscriptions, assess=assess_subscriptions, erase=erase_subscriptions,
        ),
        Holding(
            "bulletins", N_("Bulletins that went to you"),
            ("bulletin_recipient.customer_key", "bulletin_recipient.subscription_id"),
            Retention(
                24, N_("it was sent"), N_("to whom it went is blanked"), N_("As long as the message itself"),
                count_old_bulletins, expire_old_bulletins,
            ),
            _WHY, N_("The body's mail server and yours"),
            export=export_bulletins, assess=assess_bulletins, erase=erase_bulletins,
        ),
    ),
    {
        "topic.*": OURS, "bulletin.texts": OURS, "bulletin.areas": OURS, "bulletin.written_by_name": STAFF,
        "bulletin.sent_by_name": STAFF, "subscription.advisor_name": STAFF, "subscription.ended_by_name": STAFF,
    },
    things=things,
)  # fmt: skip
