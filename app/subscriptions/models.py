"""Topics, subscriptions, bulletins and whom each went to. Who agreed to what, when and how cannot be altered afterwards."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, Json, JsonList, Utc, enum_column, one_of
from app.notifications.enums import Channel
from app.subscriptions import guards
from app.subscriptions.enums import Agreed, BulletinState, Ending, SubscriptionState, TopicState

_ENGLISH = (
    "COALESCE(btrim(texts -> 'en' ->> 'short'), '') <> '' AND COALESCE(btrim(texts -> 'en' ->> 'long'), '') <> ''"
)


class Topic(Base):
    """What can be followed. `texts`: language → short (its name) and long (what one gets); `areas`: first halves of postcodes."""

    __tablename__ = "topic"
    __table_args__ = (
        one_of(TopicState, "state"),
        CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]*$'", name="slug_is_plain"),
        CheckConstraint(_ENGLISH, name="told_in_english"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_says_when"),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    texts: Mapped[Json]
    areas: Mapped[JsonList]
    state: Mapped[TopicState] = enum_column(TopicState, default=TopicState.ACTIVE)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[Utc]
    ended_at: Mapped[datetime | None]


class Subscription(Base):
    """Somebody follows a topic, by a channel. Filed like an enquiry: under an account or a source record, never a golden record.

    An ended one may be filed under neither: what it was filed under is erased.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        one_of(Channel, "channel"),
        one_of(SubscriptionState, "state"),
        one_of(Agreed, "agreed"),
        one_of(Ending, "ended_how"),
        CheckConstraint("account_id IS NULL OR source_record_id IS NULL", name="filed_once"),
        CheckConstraint(
            "state = 'ended' OR account_id IS NOT NULL OR source_record_id IS NOT NULL", name="active_is_somebodys"
        ),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_says_when"),
        CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", name="ended_says_how"),
        CheckConstraint("agreed = 'online' OR btrim(advisor_name) <> ''", name="written_down_by_somebody"),
        CheckConstraint("agreed <> 'letter' OR btrim(proof) <> ''", name="letter_can_be_found"),
        Index(
            "uq_subscription_topic_id_account_id", "topic_id", "account_id", unique=True,
            postgresql_where=text("state = 'active'"),
        ),
        Index(
            "uq_subscription_topic_id_source_record_id", "topic_id", "source_record_id", unique=True,
            postgresql_where=text("state = 'active'"),
        ),
        Index(None, "account_id", "since"),
        Index(None, "source_record_id", "since"),
        Index("ix_subscription_ended_at", "ended_at", postgresql_where=text("state = 'ended'")),
    )  # fmt: skip

    id: Mapped[Id]
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    source_record_id: Mapped[UUID | None] = mapped_column(ForeignKey("source_record.id"))
    channel: Mapped[Channel] = enum_column(Channel)
    area: Mapped[str] = mapped_column(String(4), default="")
    state: Mapped[SubscriptionState] = enum_column(SubscriptionState, default=SubscriptionState.ACTIVE)
    since: Mapped[Utc]
    agreed: Mapped[Agreed] = enum_column(Agreed)
    proof: Mapped[str] = mapped_column(String(200), default="")
    advisor_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    advisor_name: Mapped[str] = mapped_column(String(200), default="")
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[Ending | None] = enum_column(Ending)
    ended_by_name: Mapped[str] = mapped_column(String(200), default="")


class Bulletin(Base):
    """A message of a unit to those who follow a topic, in one language or more. `unreached`: known once it is sent."""

    __tablename__ = "bulletin"
    __table_args__ = (
        one_of(BulletinState, "state"),
        CheckConstraint(_ENGLISH, name="told_in_english"),
        CheckConstraint("(state = 'draft') = (started_at IS NULL)", name="started_when_sent"),
        CheckConstraint("(state IN ('sent', 'stopped')) = (ended_at IS NOT NULL)", name="ended_says_when"),
        Index(None, "topic_id", "written_at"),
        Index("ix_bulletin_sending", "started_at", postgresql_where=text("state = 'sending'")),
    )

    id: Mapped[Id]
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    texts: Mapped[Json]
    areas: Mapped[JsonList]
    state: Mapped[BulletinState] = enum_column(BulletinState, default=BulletinState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[Utc]
    written_by_name: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime | None]
    sent_by_name: Mapped[str] = mapped_column(String(200), default="")
    expected: Mapped[int] = mapped_column(default=0)
    unreached: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]


class BulletinRecipient(Base):
    """A bulletin's message to one customer, once. `customer_key`: their golden record as it was then, else record or account.

    Without key and subscription: they were erased, and only the count is left. Without a message: it was no longer wanted.
    """

    __tablename__ = "bulletin_recipient"
    __table_args__ = (
        UniqueConstraint("bulletin_id", "customer_key"),
        UniqueConstraint("bulletin_id", "subscription_id"),
    )

    id: Mapped[Id]
    bulletin_id: Mapped[UUID] = mapped_column(ForeignKey("bulletin.id", ondelete="CASCADE"))
    customer_key: Mapped[UUID | None]
    subscription_id: Mapped[UUID | None] = mapped_column(ForeignKey("subscription.id", ondelete="SET NULL"), index=True)
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"), index=True)
    at: Mapped[Utc]


guards.attach(Subscription.metadata)
