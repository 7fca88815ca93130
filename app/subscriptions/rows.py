"""What the room gives to others: small frozen rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.notifications.enums import Channel
from app.subscriptions.enums import Agreed, BulletinState, Ending, Missing, SubscriptionState, TopicState
from app.subscriptions.policy import CHANNEL_LABELS, Words, text_in

Texts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic, and how many subscriptions to it are active (None where nobody asked)."""

    id: UUID
    slug: str
    unit_id: UUID
    unit_slug: str
    unit_name: str
    texts: Texts
    areas: tuple[str, ...]
    state: TopicState
    version: int
    made_at: datetime
    ended_at: datetime | None
    followers: int | None = None

    @property
    def name(self) -> str:
        return text_in(self.texts, "en").short

    @property
    def active(self) -> bool:
        return self.state is TopicState.ACTIVE

    def said(self, locale: str) -> Words:
        return text_in(self.texts, locale)


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """Who follows what is not in it: whoever asks knows whose it is."""

    id: UUID
    topic_id: UUID
    topic_slug: str
    topic_texts: Texts
    channel: Channel
    area: str
    state: SubscriptionState
    since: datetime
    agreed: Agreed
    proof: str
    advisor_name: str
    ended_at: datetime | None
    ended_how: Ending | None
    ended_by_name: str
    account_id: UUID | None
    source_record_id: UUID | None

    @property
    def active(self) -> bool:
        return self.state is SubscriptionState.ACTIVE

    @property
    def topic_name(self) -> str:
        return text_in(self.topic_texts, "en").short

    @property
    def channel_label(self) -> str:
        return CHANNEL_LABELS[self.channel]

    def said(self, locale: str) -> Words:
        return text_in(self.topic_texts, locale)


@dataclass(frozen=True, slots=True)
class BulletinRow:
    """A bulletin as it stands."""

    id: UUID
    topic_id: UUID
    topic_slug: str
    topic_name: str
    unit_id: UUID
    texts: Texts
    areas: tuple[str, ...]
    state: BulletinState
    version: int
    written_at: datetime
    written_by_name: str
    started_at: datetime | None
    sent_by_name: str
    expected: int
    unreached: int
    ended_at: datetime | None

    @property
    def subject(self) -> str:
        return text_in(self.texts, "en").short


@dataclass(frozen=True, slots=True)
class Audience:
    """Customers whom a bulletin would reach, by channel, and how many it would not, by reason."""

    reached: tuple[tuple[Channel, int], ...]
    missing: tuple[tuple[Missing, int], ...]

    @property
    def people(self) -> int:
        return sum(count for _, count in self.reached)


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a bulletin goes next, and where. Without an account of theirs `name` is empty: their record has it."""

    subscription_id: UUID
    customer_key: UUID
    source_record_id: UUID | None
    account_id: UUID | None
    name: str
    email: str
    locale: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What has become of a bulletin's messages. `not_wanted`: they stopped following, or it was stopped, before it left."""

    written: int
    waiting: int
    arrived: int
    failed: int
    not_wanted: int
