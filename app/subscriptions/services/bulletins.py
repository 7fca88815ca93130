"""Writing a bulletin, looking at it, sending it off, stopping it halfway."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, Invalid
from app.kernel.events import provided
from app.kernel.i18n import N_
from app.notifications.enums import Template
from app.notifications.letterhead import Letterhead
from app.notifications.wording import Wording, render
from app.subscriptions.enums import BulletinState, TopicState
from app.subscriptions.models import Bulletin, Topic
from app.subscriptions.policy import LONGEST_BODY, LONGEST_SUBJECT, Words, areas_of, checked, text_in
from app.subscriptions.queries import bulletin as bulletin_row
from app.subscriptions.queries.audience import audience
from app.subscriptions.rows import BulletinRow
from app.subscriptions.services.core import kept_bulletin, kept_topic
from app.subscriptions.tokens import PATH

_TOLD = (N_("Enter a subject"), N_("Write the bulletin"))


def write(
    session: Session, actor: Actor, topic: str, *, texts: Mapping[str, Words], areas: str = "", now: datetime
) -> BulletinRow:
    """A draft for those who follow a topic of one's own unit. Nothing is sent. Invalid, NotFound."""
    held = kept_topic(session, actor, topic)
    _must_be_active(held)
    made = Bulletin(
        topic_id=held.id, texts=_texts(texts), areas=_areas(held, areas), written_at=now, written_by_name=actor.name
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, actor, "bulletin.written", "bulletin", made.id, now=now, topic=topic)
    return bulletin_row(session, made.id)


def rewrite(
    session: Session,
    actor: Actor,
    bulletin_id: UUID,
    *,
    texts: Mapping[str, Words],
    areas: str = "",
    version: int,
    now: datetime,
) -> BulletinRow:
    """Change a draft."""
    held = _draft(session, actor, bulletin_id, version)
    held.texts, held.areas = _texts(texts), _areas(session.get_one(Topic, held.topic_id), areas)
    held.written_at, held.written_by_name, held.version = now, actor.name, held.version + 1
    session.flush()
    audit.record(session, actor, "bulletin.rewritten", "bulletin", held.id, now=now)
    return bulletin_row(session, held.id)


def discard(session: Session, actor: Actor, bulletin_id: UUID, *, version: int | None = None, now: datetime) -> str:
    """Throw a draft away; says of which topic it was."""
    held = _draft(session, actor, bulletin_id, version)
    topic = session.get_one(Topic, held.topic_id).slug
    session.delete(held)
    session.flush()
    audit.record(session, actor, "bulletin.discarded", "bulletin", bulletin_id, now=now, topic=topic)
    return topic


def preview(session: Session, actor: Actor, bulletin_id: UUID, locale: str) -> Wording:
    """The message as it will look, to nobody in particular. The stop link in it leads nowhere."""
    held = kept_bulletin(session, actor, bulletin_id)
    topic = session.get_one(Topic, held.topic_id)
    return render(Template.BULLETIN, context_of(held, topic, locale, name="", path=f"{PATH}preview"), locale,
                  provided(session, Letterhead))  # fmt: skip


def send(session: Session, actor: Actor, bulletin_id: UUID, *, version: int, now: datetime) -> BulletinRow:
    """Begin to send what was looked at: Stale if it was changed since. Conflict if it would reach nobody."""
    held = _draft(session, actor, bulletin_id, version)
    _must_be_active(session.get_one(Topic, held.topic_id))
    expected = audience(session, held).people
    if not expected:
        raise Conflict(N_("Nobody would get this bulletin"))
    held.state, held.started_at, held.sent_by_name = BulletinState.SENDING, now, actor.name
    held.expected, held.version = expected, held.version + 1
    session.flush()
    audit.record(session, actor, "bulletin.sent", "bulletin", held.id, now=now, expected=expected)
    return bulletin_row(session, held.id)


def stop_sending(session: Session, actor: Actor, bulletin_id: UUID, *, now: datetime) -> BulletinRow:
    """No more messages are written, and those that have not left yet do not leave. Conflict if it is not being sent."""
    held = kept_bulletin(session, actor, bulletin_id)
    if held.state is not BulletinState.SENDING:
        raise Conflict(N_("This bulletin is not being sent"))
    held.state, held.ended_at, held.version = BulletinState.STOPPED, now, held.version + 1
    session.flush()
    audit.record(session, actor, "bulletin.stopped", "bulletin", held.id, now=now)
    return bulletin_row(session, held.id)


def context_of(bulletin: Bulletin, topic: Topic, locale: str, *, name: str, path: str) -> dict[str, object]:
    """What the message's template needs."""
    said = text_in(bulletin.texts, locale)
    return {
        "name": name, "path": path, "topic": text_in(topic.texts, locale).short, "title": said.short, "text": said.long,
    }  # fmt: skip


def _draft(session: Session, actor: Actor, bulletin_id: UUID, version: int | None) -> Bulletin:
    held = kept_bulletin(session, actor, bulletin_id, version)
    if held.state is not BulletinState.DRAFT:
        raise Conflict(N_("This bulletin is sent already"))
    return held


def _texts(texts: Mapping[str, Words]) -> dict[str, dict[str, str]]:
    return checked(texts, (LONGEST_SUBJECT, LONGEST_BODY), _TOLD)


def _areas(topic: Topic, typed: str) -> list[str]:
    """Where it is about; of a topic that is for some areas, within these."""
    chosen = areas_of(typed)
    if topic.areas and not set(chosen) <= set(topic.areas):
        raise Invalid({"areas": N_("This topic is for these areas only: %(areas)s")}, areas=", ".join(topic.areas))
    return chosen


def _must_be_active(topic: Topic) -> None:
    if topic.state is TopicState.ENDED:
        raise Conflict(N_("This topic has ended"))
