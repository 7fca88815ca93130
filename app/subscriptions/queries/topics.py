"""Reading topics."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.models import Unit
from app.subscriptions.enums import SubscriptionState, TopicState
from app.subscriptions.models import Subscription, Topic
from app.subscriptions.rows import TopicRow


def topics(session: Session, unit_ids: Collection[UUID], page: PageRequest) -> Page[TopicRow]:
    """All topics of some units with how many follow them, those that can be followed first."""
    followers = (
        select(func.count())
        .where(Subscription.topic_id == Topic.id, Subscription.state == SubscriptionState.ACTIVE)
        .scalar_subquery()
    )
    query = _rows().add_columns(followers).where(Topic.unit_id.in_(unit_ids))
    found = fetch_page(session, query.order_by(Topic.state, Topic.slug, Topic.id), page)
    return Page(tuple(_row(*one) for one in found.items), found.total, found.number, found.size)


def open_topics(session: Session) -> tuple[TopicRow, ...]:
    """What can be followed just now, by name."""
    query = _rows().where(Topic.state == TopicState.ACTIVE).order_by(Topic.slug, Topic.id).limit(500)
    return tuple(_row(*one) for one in session.execute(query))


def topic(session: Session, slug: str) -> TopicRow:
    """NotFound."""
    found = session.execute(_rows().where(Topic.slug == slug)).first()
    if found is None:
        raise NotFound
    return _row(*found)


def _rows() -> Select[Topic, str, str]:
    return select(Topic, Unit.slug, Unit.name).join(Unit, Unit.id == Topic.unit_id)


def _row(one: Topic, unit_slug: str, unit_name: str, followers: int | None = None) -> TopicRow:
    return TopicRow(
        one.id, one.slug, one.unit_id, unit_slug, unit_name, one.texts, tuple(one.areas), one.state, one.version, one.made_at,
        one.ended_at, followers,
    )  # fmt: skip
