"""Messages that were sent to a person, and addresses that get none."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.kernel.i18n import N_
from app.kernel.personal import ERASED, MACHINE, Assessed, Held, Holding, Retention, Room, Row, Subject
from app.notifications.enums import WAITING
from app.notifications.models import Message, SuppressedAddress

AT_ONCE = 500


def export_messages(session: Session, subject: Subject) -> Iterator[Row]:
    """What we wrote to them, in full, and whether it arrived."""
    query = select(Message).where(_sent_to(subject)).order_by(Message.created_at, Message.id)
    for one in session.scalars(query.execution_options(yield_per=AT_ONCE)):
        yield {
            "at": one.created_at.isoformat(), "to": one.to_address, "subject": one.subject, "text": one.text, "status": one.status.value,
            "sent_at": one.sent_at.isoformat() if one.sent_at else None,
        }  # fmt: skip


def assess_messages(session: Session, subject: Subject) -> Assessed:
    def count(*where: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(Message).where(_theirs(subject), *where)) or 0

    waiting = count(Message.status.in_(WAITING))
    return Assessed.of(count(_says, Message.status.not_in(WAITING)), open_enquiry=waiting)


def erase_messages(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    """That something was sent stays, for the count; to whom and what goes. What is still on its way is left until it has left."""
    return _blank(session, and_(_theirs(subject), _says, Message.status.not_in(WAITING)))


def count_old(session: Session, before: datetime, held: Held) -> int:
    return session.scalar(select(func.count()).select_from(Message).where(_old(before, held))) or 0


def expire_old(session: Session, before: datetime, held: Held, most: int, _now: datetime) -> int:
    ids = list(session.scalars(select(Message.id).where(_old(before, held)).limit(most)))
    return _blank(session, Message.id.in_(ids))


def export_suppressed(session: Session, subject: Subject) -> Iterator[Row]:
    for one in session.scalars(select(SuppressedAddress).order_by(SuppressedAddress.address)):
        if one.address in subject.own:
            yield {"at": one.since.isoformat(), "address": one.address, "reason": one.reason.value}


def assess_suppressed(session: Session, subject: Subject) -> Assessed:
    query = select(func.count()).select_from(SuppressedAddress).where(SuppressedAddress.address.in_(subject.own))
    return Assessed(session.scalar(query) or 0)


def erase_suppressed(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    count = assess_suppressed(session, subject).erase
    session.execute(delete(SuppressedAddress).where(SuppressedAddress.address.in_(subject.own)))
    return count


_says = Message.to_address != ERASED


def _theirs(subject: Subject) -> ColumnElement[bool]:
    """Sent to their account, or about an enquiry of theirs to whomever."""
    apart = ("golden_record", *_OF_TWO)
    about = Message.about_id.in_([thing.id for thing in subject.things if thing.type not in apart])
    return or_(Message.account_id.in_(subject.accounts), about, _of_two(subject))


def _of_two(subject: Subject) -> ColumnElement[bool]:
    """About something that is another's as well: what was sent to them of it, not what was sent to the other."""
    about = Message.about_id.in_([thing.id for thing in subject.things if thing.type in _OF_TWO])
    return and_(about, Message.account_id.is_(None), func.lower(Message.to_address).in_(subject.own))


_OF_TWO = ("acted_enquiry", "acted_contact", "relationship")


def _sent_to(subject: Subject) -> ColumnElement[bool]:
    """Sent to their account, or about an enquiry of theirs to an address of theirs: what staff were told of it is staff's."""
    to_them = and_(Message.account_id.is_(None), func.lower(Message.to_address).in_(subject.own))
    return and_(_theirs(subject), or_(Message.account_id.in_(subject.accounts), to_them))


def _old(before: datetime, held: Held) -> ColumnElement[bool]:
    kept = Message.account_id.in_(held.accounts) | Message.about_id.in_([*held.enquiries, *held.records])
    return and_(Message.created_at < before, _says, Message.status.not_in(WAITING), ~func.coalesce(kept, False))


def _blank(session: Session, which: ColumnElement[bool]) -> int:
    blank = {
        "to_address": ERASED,
        "subject": "",
        "text": "",
        "html": "",
        "last_error": None,
        "dedupe_key": None,
        "stop_url": "",
    }
    done = update(Message).where(which).values(**blank).returning(Message.id)
    return len(session.scalars(done.execution_options(synchronize_session=False)).all())


ROOM = Room(
    "notifications",
    (
        Holding(
            "messages", N_("Messages to you"),
            ("message.to_address", "message.subject", "message.text", "message.html", "message.last_error", "message.dedupe_key", "message.stop_url"),
            Retention(24, N_("the message was written"), N_("address and words are blanked"), N_("Long enough to show that you were told"), count_old, expire_old),
            N_("To tell you how things stand"), N_("The body's mail server and yours"),
            export=export_messages, assess=assess_messages, erase=erase_messages,
        ),
        Holding(
            "suppressed-addresses", N_("Addresses that get no messages"), ("suppressed_address.address", "suppressed_address.detail"),
            Retention(None, N_("as long as the address must get nothing"), N_("deleted"), N_("Otherwise we would write again")),
            N_("So that an address that bounced is left alone"),
            export=export_suppressed, assess=assess_suppressed, erase=erase_suppressed,
        ),
    ),
    {"message.locale": "A language", "message.about_type": "A word of our own", "message.message_id": MACHINE},
)  # fmt: skip
