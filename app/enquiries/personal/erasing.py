"""Blanking enquiries: that there was one, about what, when and how it ended stays for the count; who it was and what they said goes."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select, text, update
from sqlalchemy.orm import Session

from app.enquiries.enums import Direction
from app.enquiries.models import (
    Attachment,
    AttachmentContent,
    Contact,
    Enquiry,
    EnquiryEntry,
    EnquiryMessage,
    EnquiryTask,
    EnquiryUrgency,
)
from app.enquiries.personal.subject import ACTED, ACTED_CONTACT, contacts_of, finished, theirs
from app.enquiries.policy import OPEN
from app.kernel.actors import Actor, ActorKind
from app.kernel.personal import ERASED, Assessed, Held, Subject

_ERASING = text("SELECT set_config('firstpoint.erasing', :value, true)")
_WAS = text("SELECT coalesce(current_setting('firstpoint.erasing', true), '')")


_TELLS = or_(
    Enquiry.raiser_name != ERASED,
    and_(Enquiry.acting_kind.is_not(None), or_(Enquiry.answers != {}, Enquiry.outcome.not_in(("", ERASED)))),
)
"""It still says something: of whoever asked, or, where they were erased, of the one for whom they asked."""
_CALL_TELLS = or_(Contact.caller_name != ERASED, Contact.note != "")


def assess_enquiries(session: Session, subject: Subject) -> Assessed:
    return Assessed.of(
        _count(session, Enquiry, finished(subject) & _TELLS),
        open_enquiry=_count(session, Enquiry, theirs(subject) & Enquiry.state.in_(OPEN)),
    )


def erase_enquiries(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    ids = list(session.scalars(select(Enquiry.id).where(finished(subject), _TELLS)))
    return _within(session, ids, _blank_enquiries)


def assess_acted(session: Session, subject: Subject) -> Assessed:
    says = _acted(subject) & (Enquiry.raiser_name != ERASED)
    waiting = _count(session, Enquiry, says & Enquiry.state.in_(OPEN))
    return Assessed.of(_count(session, Enquiry, says) - waiting, open_enquiry=waiting)


def erase_acted(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    """What they asked for somebody else stays the other's; who asked goes."""
    done = _acted(subject) & (Enquiry.raiser_name != ERASED) & Enquiry.state.not_in(OPEN)
    return _within(session, list(session.scalars(select(Enquiry.id).where(done))), _blank_raisers)


def assess_of(table: Any) -> Any:
    """Counts the rows of a table that hangs on enquiries: those of finished ones go with them."""

    def assess(session: Session, subject: Subject) -> Assessed:
        ids = select(Enquiry.id).where(finished(subject))
        open_ones = select(Enquiry.id).where(theirs(subject), Enquiry.state.in_(OPEN))
        return Assessed.of(
            _count(session, table, table.enquiry_id.in_(ids)),
            open_enquiry=_count(session, table, table.enquiry_id.in_(open_ones)),
        )

    return assess


def erase_timeline(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    return _only(session, subject, EnquiryEntry, _blank_entries)


def erase_correspondence(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    return _only(session, subject, EnquiryMessage, _blank_messages)


def erase_files(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    return _only(session, subject, Attachment, _delete_files)


def assess_contacts(session: Session, subject: Subject) -> Assessed:
    for_another = Contact.id.in_(subject.ids(ACTED_CONTACT)) & (Contact.caller_name != ERASED)
    return Assessed(_count(session, Contact, or_(contacts_of(subject) & _CALL_TELLS, for_another)))


def erase_contacts(session: Session, _actor: Actor, subject: Subject, _now: datetime) -> int:
    """Of a call about somebody else what was said stays the other's."""
    for_another = Contact.id.in_(subject.ids(ACTED_CONTACT)) & (Contact.caller_name != ERASED)
    acted = _blank_contacts(session, for_another, said=False)
    return acted + _blank_contacts(session, contacts_of(subject) & _CALL_TELLS)


def count_old(session: Session, before: datetime, held: Held) -> int:
    return _count(session, Enquiry, _old(before, held))


def expire_old(session: Session, before: datetime, held: Held, most: int, _now: datetime) -> int:
    return blank(
        session, list(session.scalars(select(Enquiry.id).where(_old(before, held)).order_by(Enquiry.id).limit(most)))
    )


def count_old_contacts(session: Session, before: datetime, held: Held) -> int:
    return _count(session, Contact, _old_contact(before, held))


def expire_old_contacts(session: Session, before: datetime, held: Held, most: int, _now: datetime) -> int:
    ids = list(session.scalars(select(Contact.id).where(_old_contact(before, held)).limit(most)))
    return _blank_contacts(session, Contact.id.in_(ids))


def blank(session: Session, ids: Collection[UUID]) -> int:
    """Take the person out of these enquiries and of all that hangs on them; says how many there were."""
    for work in (_blank_entries, _blank_messages, _delete_files, _blank_enquiries):
        _within(session, ids, work)
    return len(ids)


def _only(session: Session, subject: Subject, table: Any, work: Callable[[Session, Collection[UUID]], None]) -> int:
    ids = list(session.scalars(select(Enquiry.id).where(finished(subject))))
    count = _count(session, table, table.enquiry_id.in_(ids))
    _within(session, ids, work)
    return count


def _within(session: Session, ids: Collection[UUID], work: Callable[[Session, Collection[UUID]], None]) -> int:
    """Where the database knows that an erasure is meant."""
    if ids:
        before = session.scalar(_WAS)
        session.execute(_ERASING, {"value": "on"})
        work(session, ids)
        session.execute(_ERASING, {"value": before})
        session.expire_all()
    return len(ids)


def _blank_enquiries(session: Session, ids: Collection[UUID]) -> None:
    by_them = Enquiry.received_by_id.is_(None) & (Enquiry.received_by != "")
    blanks: dict[str, Any] = {
        "received_by": case((by_them, ERASED), else_=Enquiry.received_by),
        "raiser_name": ERASED, "raiser_email": "", "raiser_phone": "", "answers": {}, "asked": "", "property_id": None, "locale": "en",
        "account_id": None, "source_record_id": None, "client_token": None, "outcome": case((Enquiry.outcome == "", ""), else_=ERASED),
    }  # fmt: skip
    session.execute(
        update(Enquiry).where(Enquiry.id.in_(ids)).values(**blanks).execution_options(synchronize_session=False)
    )
    _change(session, EnquiryUrgency, ids, reason=ERASED, refusal=case((EnquiryUrgency.refusal == "", ""), else_=ERASED))
    dropped = case((EnquiryTask.dropped_because == "", ""), else_=ERASED)
    _change(
        session,
        EnquiryTask,
        ids,
        title=case((EnquiryTask.from_checklist, EnquiryTask.title), else_=ERASED),
        dropped_because=dropped,
    )


def _blank_raisers(session: Session, ids: Collection[UUID]) -> None:
    by_them = Enquiry.received_by_id.is_(None) & (Enquiry.received_by != "")
    blanks: dict[str, Any] = {
        "received_by": case((by_them, ERASED), else_=Enquiry.received_by), "raiser_name": ERASED, "raiser_email": "",
        "raiser_phone": "", "account_id": None, "source_record_id": None, "client_token": None,
    }  # fmt: skip
    session.execute(
        update(Enquiry).where(Enquiry.id.in_(ids)).values(**blanks).execution_options(synchronize_session=False)
    )
    wrote = EnquiryEntry.actor_kind.in_((ActorKind.RESIDENT, ActorKind.PUBLIC))
    _change(session, EnquiryEntry, ids, actor_name=case((wrote, ERASED), else_=EnquiryEntry.actor_name))
    came = EnquiryMessage.direction == Direction.IN
    _change(
        session, EnquiryMessage, ids, sent_to=case((EnquiryMessage.sent_to == "", ""), else_=ERASED),
        author_name=case((came, ERASED), else_=EnquiryMessage.author_name),
    )  # fmt: skip


def _blank_entries(session: Session, ids: Collection[UUID]) -> None:
    by_them = EnquiryEntry.actor_kind.in_((ActorKind.RESIDENT, ActorKind.PUBLIC))
    _change(
        session,
        EnquiryEntry,
        ids,
        body="",
        detail={},
        actor_name=case((by_them, ERASED), else_=EnquiryEntry.actor_name),
    )


def _blank_messages(session: Session, ids: Collection[UUID]) -> None:
    _change(session, EnquiryMessage, ids, body=ERASED, sent_to="", author_name=ERASED)


def _delete_files(session: Session, ids: Collection[UUID]) -> None:
    """The bytes go with the last enquiry that has them."""
    digests = list(session.scalars(select(Attachment.digest).where(Attachment.enquiry_id.in_(ids)).distinct()))
    session.execute(delete(Attachment).where(Attachment.enquiry_id.in_(ids)))
    held = exists().where(Attachment.digest == AttachmentContent.digest)
    session.execute(delete(AttachmentContent).where(AttachmentContent.digest.in_(digests), ~held))


def _change(session: Session, table: Any, ids: Collection[UUID], **values: object) -> None:
    changed = update(table).where(table.enquiry_id.in_(ids)).values(**values)
    session.execute(changed.execution_options(synchronize_session=False))


def _blank_contacts(session: Session, which: ColumnElement[bool], *, said: bool = True) -> int:
    blanks: dict[str, Any] = {
        "caller_name": ERASED, "caller_email": "", "caller_phone": "", "account_id": None, "source_record_id": None,
        **({"note": ""} if said else {}),
    }  # fmt: skip
    done = update(Contact).where(which, Contact.ended_at.is_not(None)).values(**blanks).returning(Contact.id)
    return len(session.scalars(done.execution_options(synchronize_session=False)).all())


def _acted(subject: Subject) -> ColumnElement[bool]:
    return Enquiry.id.in_(subject.ids(ACTED))


def _old(before: datetime, held: Held) -> ColumnElement[bool]:
    kept = or_(
        Enquiry.id.in_(held.enquiries),
        func.coalesce(Enquiry.account_id.in_(held.accounts), False),
        func.coalesce(Enquiry.source_record_id.in_(held.records), False),
        func.coalesce(Enquiry.concerns_record_id.in_(held.records), False),
    )
    ended = func.coalesce(Enquiry.closed_at, Enquiry.resolved_at)
    return and_(Enquiry.state.not_in(OPEN), ended < before, _TELLS, ~kept)


def _old_contact(before: datetime, held: Held) -> ColumnElement[bool]:
    kept = or_(
        func.coalesce(Contact.account_id.in_(held.accounts), False),
        func.coalesce(Contact.source_record_id.in_(held.records), False),
        func.coalesce(Contact.concerns_record_id.in_(held.records), False),
    )
    return and_(Contact.ended_at < before, _CALL_TELLS, ~kept)


def _count(session: Session, table: Any, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(which)) or 0
