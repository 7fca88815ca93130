"""Reading the outbox."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.notifications.enums import FAILED, WAITING, Channel, MessageStatus, Template
from app.notifications.models import Message, SuppressedAddress

OVERDUE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as people see it: its words, where it went and what became of it."""

    id: UUID
    channel: Channel
    template: Template
    to_address: str
    locale: str
    subject: str
    text: str
    status: MessageStatus
    about_type: str | None
    about_id: UUID | None
    account_id: UUID | None
    created_at: datetime
    sent_at: datetime | None
    attempts: int
    next_attempt_at: datetime
    last_error: str | None

    @property
    def failed(self) -> bool:
        return self.status in FAILED


def messages_about(session: Session, object_type: str, object_id: UUID) -> tuple[MessageRow, ...]:
    """Every message about one thing, oldest first."""
    query = select(Message).where(Message.about_type == object_type, Message.about_id == object_id)
    return tuple(_row(message) for message in session.scalars(query.order_by(Message.created_at, Message.id)))


def message(session: Session, message_id: UUID) -> MessageRow | None:
    found = session.get(Message, message_id)
    return _row(found) if found else None


def on_their_way(session: Session, account_ids: Collection[UUID], about: tuple[str, Select[UUID]] | None = None) -> int:
    """How many messages to these accounts, or about these things of one type, have yet to go out."""
    theirs: ColumnElement[bool] = Message.account_id.in_(list(account_ids))
    if about is not None:
        theirs = or_(theirs, and_(Message.about_type == about[0], Message.about_id.in_(about[1])))
    return session.scalar(select(func.count()).select_from(Message).where(theirs, Message.status.in_(WAITING))) or 0


def stuck(session: Session, *, now: datetime, limit: int = 100) -> tuple[MessageRow, ...]:
    """What should have gone out and has not: failed for good, or still waiting long after it was due. Oldest first."""
    late = Message.status.in_(WAITING) & (Message.due_at < now - OVERDUE)
    query = select(Message).where(or_(Message.status.in_(FAILED), late)).order_by(Message.created_at, Message.id)
    return tuple(_row(message) for message in session.scalars(query.limit(limit)))


def waiting(session: Session) -> int:
    """How many messages are still to be sent."""
    return session.scalar(select(func.count()).where(Message.status.in_(WAITING))) or 0


def is_suppressed(session: Session, address: str) -> bool:
    return session.get(SuppressedAddress, address.strip().lower()) is not None


def _row(message: Message) -> MessageRow:
    return MessageRow(**{field: getattr(message, field) for field in MessageRow.__slots__})


def was_queued(session: Session, dedupe_keys: Collection[str]) -> frozenset[str]:
    """Those of these keys under which a message was written before, whatever became of it."""
    query = select(Message.dedupe_key).where(Message.dedupe_key.in_(dedupe_keys))
    return frozenset(key for key in session.scalars(query) if key)
