"""What the verbs of the room have in common: whose topics somebody keeps, and finding things held for a change."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import NotAllowed, NotFound, Stale
from app.organisation import queries as organisation
from app.subscriptions.models import Bulletin, Topic


def kept_units(session: Session, actor: Actor) -> frozenset[UUID]:
    """The units whose topics this person keeps: those that they work in."""
    if actor.kind is ActorKind.SYSTEM:
        return frozenset(unit.id for unit in organisation.units(session))
    if actor.account_id is None or not may(actor, Permission.TOPICS_KEEP):
        raise NotAllowed
    return frozenset(unit.id for unit in organisation.units_of(session, actor.account_id))


def kept_topic(session: Session, actor: Actor, slug: str, version: int | None = None) -> Topic:
    """A topic of theirs, held. NotFound for another unit's; Stale if it is not as they saw it."""
    found = session.scalar(select(Topic).where(Topic.slug == slug).with_for_update())
    if found is None or found.unit_id not in kept_units(session, actor):
        raise NotFound
    if version is not None and version != found.version:
        raise Stale
    return found


def kept_bulletin(session: Session, actor: Actor, bulletin_id: UUID, version: int | None = None) -> Bulletin:
    """A bulletin of a topic of theirs, held. NotFound, Stale."""
    found = session.get(Bulletin, bulletin_id, with_for_update=True, populate_existing=True)
    if found is None or session.get_one(Topic, found.topic_id).unit_id not in kept_units(session, actor):
        raise NotFound
    if version is not None and version != found.version:
        raise Stale
    return found
