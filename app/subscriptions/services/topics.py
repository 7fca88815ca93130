"""Keeping topics: a unit says what can be followed, and when it is over."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.organisation.naming import slug_of
from app.subscriptions.enums import BulletinState, Ending, SubscriptionState, TopicState
from app.subscriptions.models import Bulletin, Subscription, Topic
from app.subscriptions.policy import LONGEST_NAME, LONGEST_SUMMARY, Words, areas_of, checked
from app.subscriptions.queries import topic as topic_row
from app.subscriptions.rows import TopicRow
from app.subscriptions.services.core import kept_topic, kept_units
from app.subscriptions.services.ending import end

_TOLD = (N_("Enter a name"), N_("Say what people will get"))


def make_topic(
    session: Session, actor: Actor, *, unit: str, texts: Mapping[str, Words], areas: str = "", now: datetime
) -> TopicRow:
    """A new topic that can be followed at once. Invalid names what is missing, by field and language."""
    owner = organisation.unit_by_slug(session, unit)
    if owner.id not in kept_units(session, actor):
        raise NotFound
    said = checked(texts, (LONGEST_NAME, LONGEST_SUMMARY), _TOLD)
    slug = slug_of(said["en"]["short"])
    if not slug:
        raise Invalid({"short_en": N_("Enter a name with letters in it")})
    if session.scalar(select(Topic.id).where(Topic.slug == slug)):
        raise Invalid({"short_en": N_("There is a topic with this name already")})
    made = Topic(slug=slug, unit_id=owner.id, texts=said, areas=areas_of(areas), made_at=now)
    session.add(made)
    session.flush()
    audit.record(session, actor, "topic.made", "topic", made.id, now=now, slug=slug, unit=unit)
    return topic_row(session, slug)


def edit_topic(
    session: Session,
    actor: Actor,
    slug: str,
    *,
    texts: Mapping[str, Words],
    areas: str = "",
    version: int,
    now: datetime,
) -> TopicRow:
    """What it is called and what one gets; its address stays. Those who follow go on following."""
    held = kept_topic(session, actor, slug, version)
    _must_be_active(held)
    held.texts = checked(texts, (LONGEST_NAME, LONGEST_SUMMARY), _TOLD)
    held.areas = areas_of(areas)
    held.version += 1
    session.flush()
    audit.record(session, actor, "topic.edited", "topic", held.id, now=now, slug=slug)
    return topic_row(session, slug)


def end_topic(session: Session, actor: Actor, slug: str, *, version: int | None = None, now: datetime) -> int:
    """Nobody follows it any more; says how many did. Conflict while one of its bulletins is being sent."""
    held = kept_topic(session, actor, slug, version)
    _must_be_active(held)
    going = select(Bulletin.id).where(Bulletin.topic_id == held.id, Bulletin.state == BulletinState.SENDING)
    if session.scalars(going.limit(1)).first():
        raise Conflict(N_("A bulletin of this topic is being sent. Wait for it, or stop it first"))
    held.state, held.ended_at, held.version = TopicState.ENDED, now, held.version + 1
    active = select(Subscription.id).where(Subscription.topic_id == held.id)
    ended = end(session, active.where(Subscription.state == SubscriptionState.ACTIVE), Ending.TOPIC_ENDED, now=now)
    audit.record(session, actor, "topic.ended", "topic", held.id, now=now, slug=slug, followers=ended)
    return ended


def _must_be_active(held: Topic) -> None:
    if held.state is TopicState.ENDED:
        raise Conflict(N_("This topic has ended"))
