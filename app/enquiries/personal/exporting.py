"""Handing over what was asked, said, written and done: streamed, a row at a time, whatever the length of the history."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enquiries.enums import Direction, Visibility
from app.enquiries.models import Attachment, Contact, Enquiry, EnquiryEntry, EnquiryMessage
from app.enquiries.personal.subject import contacts_of, theirs
from app.enquiries.texts import TEXTS
from app.kernel.actors import ActorKind
from app.kernel.i18n import N_
from app.kernel.personal import Row, Subject
from app.organisation.models import Service, Unit

AT_ONCE = 1000
_WHO = {
    ActorKind.RESIDENT: N_("You"), ActorKind.STAFF: N_("Our staff"), ActorKind.SERVICE: N_("A service's system"),
    ActorKind.SYSTEM: N_("Firstpoint itself"), ActorKind.PUBLIC: N_("Somebody not signed in"),
}  # fmt: skip


def export_enquiries(session: Session, subject: Subject) -> Iterator[Row]:
    query = (
        select(Enquiry, Service.name, Unit.name)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Enquiry.unit_id)
        .where(theirs(subject))
        .order_by(Enquiry.received_at, Enquiry.id)
    )
    for one, service, unit in session.execute(query.execution_options(yield_per=AT_ONCE)):
        yield {
            "at": one.received_at.isoformat(), "reference": one.reference, "about": service, "with": unit, "channel": one.channel.value,
            "state": one.state.value, "name": one.raiser_name, "email": one.raiser_email, "phone": one.raiser_phone,
            "answers": {key: subject.masked(str(said)) for key, said in one.answers.items()},
            "promised_at": one.promised_at.isoformat(), "outcome": subject.masked(one.outcome),
            "finished_at": one.resolved_at.isoformat() if one.resolved_at else None,
        }  # fmt: skip


def export_timeline(session: Session, subject: Subject) -> Iterator[Row]:
    """Every line of their enquiries, our own notes among them; colleagues are not named, other people neither."""
    columns = (
        Enquiry.reference, EnquiryEntry.at, EnquiryEntry.kind, EnquiryEntry.visibility, EnquiryEntry.actor_kind, EnquiryEntry.body,
    )  # fmt: skip
    query = select(*columns).join(Enquiry, Enquiry.id == EnquiryEntry.enquiry_id).where(theirs(subject))
    ordered = query.order_by(EnquiryEntry.at, EnquiryEntry.id).execution_options(yield_per=AT_ONCE)
    for reference, at, kind, visibility, who, body in session.execute(ordered):
        yield {
            "at": at.isoformat(), "reference": reference, "what": TEXTS[kind].partition(" %(")[0], "who": _WHO[who],
            "internal": visibility is Visibility.INTERNAL, "text": subject.masked(body),
        }  # fmt: skip


def export_correspondence(session: Session, subject: Subject) -> Iterator[Row]:
    query = select(Enquiry.reference, EnquiryMessage).join(Enquiry, Enquiry.id == EnquiryMessage.enquiry_id)
    ordered = query.where(theirs(subject)).order_by(EnquiryMessage.at, EnquiryMessage.id)
    for reference, one in session.execute(ordered.execution_options(yield_per=AT_ONCE)):
        yield {
            "at": one.at.isoformat(), "reference": reference, "from": _WHO[ActorKind.RESIDENT] if one.direction is Direction.IN else _WHO[ActorKind.STAFF],
            "text": one.body if one.direction is Direction.IN else subject.masked(one.body), "sent_to": subject.masked(one.sent_to),
        }  # fmt: skip


def export_files(session: Session, subject: Subject) -> Iterator[Row]:
    """Names and digests; a file itself can be had from the enquiry in My Account, or from us."""
    query = select(Enquiry.reference, Attachment).join(Enquiry, Enquiry.id == Attachment.enquiry_id)
    visible = query.where(theirs(subject), Attachment.hidden_at.is_(None)).order_by(Attachment.at, Attachment.id)
    for reference, one in session.execute(visible.execution_options(yield_per=AT_ONCE)):
        yield {
            "at": one.at.isoformat(), "reference": reference, "name": one.name, "type": one.type.value, "size": one.size,
            "from": _WHO[one.actor_kind], "sha256": one.digest,
        }  # fmt: skip


def export_contacts(session: Session, subject: Subject) -> Iterator[Row]:
    query = select(Contact).where(contacts_of(subject)).order_by(Contact.started_at, Contact.id)
    for one in session.scalars(query.execution_options(yield_per=AT_ONCE)):
        yield {
            "at": one.started_at.isoformat(), "channel": one.channel.value, "name": one.caller_name, "email": one.caller_email,
            "phone": one.caller_phone, "waited_seconds": one.wait_seconds, "talked_seconds": one.talk_seconds,
            "ended_as": one.wrap_up.value if one.wrap_up else None, "note": subject.masked(one.note),
        }  # fmt: skip
