"""Starting and stopping to follow a topic: by the person themselves, by an advisor for them, by the link in a bulletin."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.customers import queries as customers
from app.customers.models import Verification
from app.kernel.actors import PUBLIC, Actor, ActorKind
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.notifications.enums import Channel
from app.subscriptions import queries, tokens
from app.subscriptions.enums import Agreed, Ending, SubscriptionState
from app.subscriptions.models import Subscription
from app.subscriptions.policy import VERIFIED_FOR, area_of, within
from app.subscriptions.rows import SubscriptionRow, TopicRow
from app.subscriptions.services.ending import end

_ASKED = {Agreed.CALL: Ending.CALL, Agreed.VISIT: Ending.VISIT, Agreed.LETTER: Ending.LETTER}


def follow(
    session: Session,
    actor: Actor,
    slugs: Collection[str],
    *,
    channel: Channel = Channel.EMAIL,
    area: str = "",
    now: datetime,
) -> int:
    """The resident follows these topics from now on; says how many they did not follow before. Invalid, NotFound."""
    if actor.kind is not ActorKind.RESIDENT or actor.account_id is None:
        raise NotAllowed
    mine = {row.topic_slug for row in queries.mine(session, actor.account_id)}
    where = area_of(area)
    chosen = [_followable(session, slug, where) for slug in sorted(set(slugs))]
    new = [topic for topic in chosen if topic.slug not in mine]
    started = (
        _start(
            session,
            actor,
            topic,
            channel=channel,
            area=where,
            agreed=Agreed.ONLINE,
            now=now,
            account_id=actor.account_id,
        )
        for topic in new
    )
    return sum(one is not None for one in started)


def start_for(
    session: Session, actor: Actor, source_record_id: UUID, slug: str, *, agreed: Agreed, proof: str = "",
    channel: Channel = Channel.EMAIL, area: str = "", now: datetime,
) -> UUID:  # fmt: skip
    """An advisor writes down that the person of a record wants it, and how they said so.

    On the phone and in person: of whom the advisor has verified that they are this record's person. By letter: with where it can be
    found. Conflict if they follow it already.
    """
    authorize(actor, Permission.SUBSCRIPTIONS_MANAGE)
    if customers.person(session, source_record_id).restricted:
        raise NotFound
    if agreed not in _ASKED:
        raise Invalid({"agreed": N_("Choose how they agreed")})
    if agreed is Agreed.LETTER and not proof.strip():
        raise Invalid({"proof": N_("Say where the letter can be found")})
    if agreed is not Agreed.LETTER and not _verified(session, actor, source_record_id, now):
        raise Invalid({"record": N_("Verify that it is this record’s person first")})
    where = area_of(area)
    topic = _followable(session, slug, where)
    started = _start(
        session, actor, topic, channel=channel, area=where, agreed=agreed, now=now, source_record_id=source_record_id,
        proof=proof.strip(), advisor_id=actor.account_id, advisor_name=actor.name,
    )  # fmt: skip
    if started is None:
        raise Conflict(N_("They follow this already"))
    return started


def stop(session: Session, actor: Actor, subscription_ids: Collection[UUID], *, now: datetime) -> int:
    """The resident stops following; says how many. NotFound, and nothing ends, if one of them is another's or none."""
    if actor.kind is not ActorKind.RESIDENT or actor.account_id is None:
        raise NotAllowed
    mine = {row.id for row in queries.mine(session, actor.account_id)}
    if not set(subscription_ids) <= mine:
        raise NotFound
    return _stopped(session, actor, subscription_ids, Ending.ONLINE, now=now)


def stop_for(session: Session, actor: Actor, subscription_id: UUID, *, asked: Agreed, now: datetime) -> None:
    """An advisor writes down that they want it no more. Nobody has to prove who they are to get less."""
    authorize(actor, Permission.SUBSCRIPTIONS_MANAGE)
    found = queries.subscription(session, subscription_id)
    if found is None or (found.source_record_id and customers.person(session, found.source_record_id).restricted):
        raise NotFound
    if asked not in _ASKED:
        raise Invalid({"agreed": N_("Choose how they asked")})
    _stopped(session, actor, [subscription_id], _ASKED[asked], now=now, by=actor.name)


def stop_by_link(session: Session, token: str, *, now: datetime) -> None:
    """Whoever has the link may end it, as often as they like. NotFound for a link that is not ours."""
    _stopped(session, PUBLIC, [tokens.read(session, token)], Ending.LINK, now=now)


def linked(session: Session, token: str) -> SubscriptionRow | None:
    """What a stop link would end; None if it is not kept any more. NotFound for a link that is not ours."""
    return queries.subscription(session, tokens.read(session, token))


def _followable(session: Session, slug: str, area: str) -> TopicRow:
    topic = queries.topic(session, slug)
    if not topic.active:
        raise NotFound
    if not within(area, topic.areas):
        raise Invalid(
            {"area": N_("“%(topic)s” is for these areas: %(areas)s")}, topic=topic.name, areas=", ".join(topic.areas)
        )
    return topic


def _start(
    session: Session,
    actor: Actor,
    topic: TopicRow,
    *,
    channel: Channel,
    area: str,
    agreed: Agreed,
    now: datetime,
    **filed: object,
) -> UUID | None:
    """Add it; None if it is there. The database decides between two who do so at once."""
    values = {
        "id": new_id(), "topic_id": topic.id, "channel": channel, "area": area, "state": SubscriptionState.ACTIVE, "since": now,
        "agreed": agreed, "proof": "", "advisor_name": "", "ended_by_name": "", **filed,
    }  # fmt: skip
    added = insert(Subscription).values(values).on_conflict_do_nothing().returning(Subscription.id)
    started: UUID | None = session.scalar(added)
    if started is not None:
        audit.record(
            session, actor, "subscription.started", "subscription", started, now=now, topic=topic.slug, channel=channel,
            agreed=agreed,
        )  # fmt: skip
    return started


def _stopped(session: Session, actor: Actor, ids: Collection[UUID], how: Ending, *, now: datetime, by: str = "") -> int:
    active = select(Subscription.id).where(Subscription.id.in_(ids), Subscription.state == SubscriptionState.ACTIVE)
    ending = session.scalars(active.order_by(Subscription.id).with_for_update()).all()
    for one in ending:
        audit.record(session, actor, "subscription.ended", "subscription", one, now=now, how=how)
    return end(session, ending, how, by=by, now=now)


def _verified(session: Session, actor: Actor, source_record_id: UUID, now: datetime) -> bool:
    """Whether this advisor has heard the right answers of the record's person lately."""
    query = select(Verification.id).where(
        Verification.source_record_id == source_record_id, Verification.actor_id == actor.account_id, Verification.passed,
        Verification.revoked_at.is_(None), Verification.at > now - VERIFIED_FOR,
    )  # fmt: skip
    return session.scalars(query.limit(1)).first() is not None
