"""Reading bulletins and how far they have come."""

from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page
from app.notifications.enums import FAILED, WAITING, MessageStatus
from app.notifications.models import Message
from app.subscriptions.models import Bulletin, BulletinRecipient, Topic
from app.subscriptions.queries.audience import audience
from app.subscriptions.rows import Audience, BulletinRow, Progress


def bulletins(session: Session, topic_id: UUID, page: PageRequest) -> Page[BulletinRow]:
    """Those of a topic, the latest first."""
    query = _rows().where(Bulletin.topic_id == topic_id).order_by(Bulletin.written_at.desc(), Bulletin.id)
    found = fetch_page(session, query, page)
    return Page(tuple(_row(*one) for one in found.items), found.total, found.number, found.size)


def bulletin(session: Session, bulletin_id: UUID) -> BulletinRow:
    """NotFound."""
    found = session.execute(_rows().where(Bulletin.id == bulletin_id)).first()
    if found is None:
        raise NotFound
    return _row(*found)


def audience_of(session: Session, bulletin_id: UUID) -> Audience:
    """Whom it would reach now."""
    return audience(session, session.get_one(Bulletin, bulletin_id))


def progress(session: Session, bulletin_id: UUID) -> Progress:
    """By what the messages tell."""
    query = (
        select(Message.status, func.count())
        .select_from(BulletinRecipient)
        .outerjoin(Message, Message.id == BulletinRecipient.message_id)
        .where(BulletinRecipient.bulletin_id == bulletin_id)
        .group_by(Message.status)
    )
    rows = session.execute(query).all()
    counts: dict[MessageStatus | None, int] = {status: count for status, count in rows}  # noqa: C416 - dict() would lose the None that mypy is told of
    written, not_wanted = sum(counts.values()), counts.get(None, 0)
    waiting, failed = (sum(counts.get(status, 0) for status in kind) for kind in (WAITING, FAILED))
    return Progress(written, waiting, written - waiting - failed - not_wanted, failed, not_wanted)


def _rows() -> Select[Bulletin, Topic]:
    return select(Bulletin, Topic).join(Topic, Topic.id == Bulletin.topic_id)


def _row(one: Bulletin, topic: Topic) -> BulletinRow:
    return BulletinRow(
        one.id, topic.id, topic.slug, topic.texts["en"]["short"], topic.unit_id, one.texts, tuple(one.areas), one.state,
        one.version, one.written_at, one.written_by_name, one.started_at, one.sent_by_name, one.expected, one.unreached,
        one.ended_at,
    )  # fmt: skip
